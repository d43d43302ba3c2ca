"""Mistakes made mechanically in the Azure stack: each one step towards less safety."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from pilaster_policies.registry import Graph, Resource
from pilaster_policies.values import SecretText

from tests.support.policy_mutations import Mutant

_NATIVE = "azure-native:"
_REMOVED = object()
_SERVER = "dbforpostgresql:Server"
_APP = "web:WebApp"
_FRONT = "web:WebAppAuthSettingsV2"
_ACCOUNT = "storage:StorageAccount"
SLIPS: Mapping[str, tuple[tuple[str, Any], ...]] = {
    _SERVER: (
        ("network.publicNetworkAccess", "Enabled"),
        ("authConfig.passwordAuth", "Enabled"),
        ("authConfig.passwordAuth", _REMOVED),
        ("authConfig.activeDirectoryAuth", "Disabled"),
        ("authConfig", _REMOVED),
        ("network", _REMOVED),
        ("administratorLoginPassword", SecretText("correct horse battery")),
    ),
    _APP: (
        ("httpsOnly", False),
        ("httpsOnly", _REMOVED),
        ("siteConfig.minTlsVersion", "1.0"),
        ("siteConfig.scmMinTlsVersion", "1.1"),
        ("siteConfig.ftpsState", "AllAllowed"),
    ),
    _FRONT: (
        ("platform.enabled", False),
        ("globalValidation.requireAuthentication", False),
        ("globalValidation.requireAuthentication", _REMOVED),
        ("globalValidation.unauthenticatedClientAction", "AllowAnonymous"),
        ("globalValidation.excludedPaths", ["/*"]),
        ("globalValidation.excludedPaths", ["/health", "/api/*"]),
        ("httpSettings.requireHttps", False),
    ),
    _ACCOUNT: (
        ("allowBlobPublicAccess", True),
        ("allowBlobPublicAccess", _REMOVED),
        ("allowSharedKeyAccess", True),
        ("allowSharedKeyAccess", _REMOVED),
        ("enableHttpsTrafficOnly", False),
        ("minimumTlsVersion", "TLS1_0"),
        ("minimumTlsVersion", _REMOVED),
        ("networkRuleSet.defaultAction", "Allow"),
        ("networkRuleSet", _REMOVED),
    ),
    "storage:BlobContainer": (("publicAccess", "Blob"), ("publicAccess", "Container")),
    "web:WebAppScmAllowed": (("allow", True),),
    "web:WebAppFtpAllowed": (("allow", True),),
    "keyvault:Vault": (
        ("properties.enableRbacAuthorization", False),
        ("properties.networkAcls.defaultAction", "Allow"),
    ),
}
_PRIVILEGED = {
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
}
_SECRETS = {
    "DATABASE_PASSWORD": "correct horse battery",
    "STORAGE": "DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=" + "Zm9v" * 21 + "==",
    "ORDERS_KEY": SecretText("whatever it is"),
}


def mutants(graph: Graph) -> Iterator[Mutant]:
    for resource in graph:
        type_ = resource.type.removeprefix(_NATIVE)
        for path, value in SLIPS.get(type_, ()):
            changed = _with(resource.props, path.split("."), value)
            yield _mutant(resource, f"{path} is {_told(value)}", changed)
        if type_ == "dbforpostgresql:Configuration":
            yield from _settings(resource)
        elif type_ == _APP:
            yield from _secrets(resource)
            if resource.props["siteConfig"]["ipSecurityRestrictionsDefaultAction"] == "Deny":
                path = ["siteConfig", "ipSecurityRestrictionsDefaultAction"]
                for value in ("Allow", _REMOVED):
                    opened = _with(resource.props, path, value)
                    yield _mutant(resource, f"opened ({_told(value)}), nothing before it", opened)
        elif type_ == "authorization:RoleAssignment":
            yield from _assignments(resource)
        elif type_ == _SERVER:
            yield from _firewalls(resource)


def without_fronts(graph: Graph) -> Graph:
    """Nothing looks at tokens any more."""
    left = [copy.copy(each) for each in graph if each.type != f"{_NATIVE}{_FRONT}"]
    return Graph(left)


def _settings(resource: Resource) -> Iterator[Mutant]:
    bad = {"require_secure_transport": ["off", "OFF"], "ssl_min_protocol_version": ["TLSv1"]}
    for value in bad.get(resource.props["configurationName"], []):
        changed = {**resource.props, "value": value}
        yield _mutant(resource, f"{resource.props['configurationName']} is {value}", changed)


def _secrets(resource: Resource) -> Iterator[Mutant]:
    held = resource.props["siteConfig"]["appSettings"]
    for name, value in _SECRETS.items():
        settings = [*held, {"name": name, "value": value}]
        changed = _with(resource.props, ["siteConfig", "appSettings"], settings)
        yield _mutant(resource, f"the setting {name} holds a secret", changed)
    string = [{"name": "db", "connectionString": "Host=h;Password=p", "type": "PostgreSQL"}]
    changed = _with(resource.props, ["siteConfig", "connectionStrings"], string)
    yield _mutant(resource, "a connection string", changed)


def _assignments(resource: Resource) -> Iterator[Mutant]:
    scope: str = resource.props["scope"]
    subscription = "/".join(scope.split("/")[:3])
    roles = f"{subscription}/providers/Microsoft.Authorization/roleDefinitions"
    for name, guid in _PRIVILEGED.items():
        for written in (guid, guid.upper()):
            changed = {**resource.props, "roleDefinitionId": f"{roles}/{written}"}
            yield _mutant(resource, f"{name} instead of its role", changed)
    for wide in ("/".join(scope.split("/")[:5]), subscription, f"{subscription}/"):
        yield _mutant(resource, f"on {wide}", {**resource.props, "scope": wide})


def _firewalls(server: Resource) -> Iterator[Mutant]:
    for start, end in (
        ("0.0.0.0", "0.0.0.0"),
        ("0.0.0.0", "255.255.255.255"),
        ("203.0.0.0", "203.255.255.255"),
    ):
        type_ = f"{_NATIVE}dbforpostgresql:FirewallRule"
        urn = server.urn.rpartition("::")[0].rpartition("::")[0] + f"::{type_}::opened"
        props = {"startIpAddress": start, "endIpAddress": end}
        added = Resource(type=type_, name="opened", urn=urn, props=props)
        yield Mutant("firewall", urn, f"{start} to {end} let in", None, (added,))


def _mutant(resource: Resource, what: str, props: dict[str, Any]) -> Mutant:
    type_ = resource.type.removeprefix(_NATIVE)
    return Mutant(type_, resource.urn, f"{resource.name}: {what}", props)


def _with(props: Any, path: list[str], value: Any) -> Any:
    name, *below = path
    inner = _with(props.get(name) or {}, below, value) if below else value
    return {
        **{key: each for key, each in props.items() if key != name},
        **({} if inner is _REMOVED else {name: inner}),
    }


def _told(value: Any) -> str:
    return "not set" if value is _REMOVED else repr(value)
