"""Azure's part of the catalog: an example of each verdict, for each rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pilaster_policies.testing import UNKNOWN, Thing


class Example(NamedTuple):
    """Stacks that break a rule, keep it, and cannot be told yet."""

    broken: Sequence[Thing]
    kept: Sequence[Thing]
    unknown: Sequence[Thing]


def _one(type_: str, **props: Any) -> list[Thing]:
    return [Thing(f"azure-native:{type_}", "it", props)]


def _example(type_: str, kept: dict[str, Any], name: str, broken: Any) -> Example:
    """One input differs."""
    return Example(
        broken=_one(type_, **{**kept, name: broken}),
        kept=_one(type_, **kept),
        unknown=_one(type_, **{**kept, name: UNKNOWN}),
    )


_SUBSCRIPTION = "/subscriptions/11111111-1111-4111-8111-111111111111"
_GROUP = f"{_SUBSCRIPTION}/resourceGroups/orders"
_VAULT = f"{_GROUP}/providers/Microsoft.KeyVault/vaults/orders"
_ROLES = f"{_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
_ASSIGNED = {
    "principalId": "22222222-2222-4222-8222-222222222222",
    "roleDefinitionId": f"{_ROLES}/4633458b-17de-408a-b874-0445c86b69e6",
    "scope": f"{_VAULT}/secrets/key",
}
_ACCOUNT = {
    "allowBlobPublicAccess": False,
    "allowSharedKeyAccess": False,
    "minimumTlsVersion": "TLS1_2",
    "networkRuleSet": {"defaultAction": "Deny"},
}
_APP = {"name": "orders", "kind": "functionapp,linux", "httpsOnly": True}
_FRONT = {"requireAuthentication": True, "unauthenticatedClientAction": "Return401"}
_REFERENCE = "@Microsoft.KeyVault(SecretUri=https://orders.vault.azure.net/secrets/key)"


def _settings(value: Any) -> dict[str, Any]:
    return {"appSettings": [{"name": "ORDERS_PASSWORD", "value": value}]}


def _login(passwords: Any) -> dict[str, Any]:
    return {"activeDirectoryAuth": "Enabled", "passwordAuth": passwords}


def _vault(action: Any) -> dict[str, Any]:
    return {"enableRbacAuthorization": True, "networkAcls": {"defaultAction": action}}


EXAMPLES: Mapping[str, Example] = {
    "azure-database-firewall": _example(
        "dbforpostgresql:FirewallRule",
        {"startIpAddress": "203.0.113.7", "endIpAddress": "203.0.113.7"},
        "endIpAddress",
        "203.255.255.255",
    ),
    "azure-database-login": _example(
        "dbforpostgresql:Server",
        {"authConfig": _login("Disabled")},
        "authConfig",
        _login("Enabled"),
    )._replace(unknown=_one("dbforpostgresql:Server", authConfig=_login(UNKNOWN))),
    "azure-database-tls": _example(
        "dbforpostgresql:Configuration",
        {"configurationName": "require_secure_transport", "value": "on"},
        "value",
        "off",
    ),
    "azure-in-transit": _example("web:WebApp", _APP, "httpsOnly", False),
    "azure-open-app": Example(
        broken=_one("web:WebAppAuthSettingsV2", globalValidation={"requireAuthentication": False}),
        kept=_one("web:WebAppAuthSettingsV2", globalValidation=_FRONT),
        unknown=_one(
            "web:WebAppAuthSettingsV2",
            globalValidation={**_FRONT, "requireAuthentication": UNKNOWN},
        ),
    ),
    "azure-open-storage": Example(
        broken=_one("storage:StorageAccount", **{**_ACCOUNT, "networkRuleSet": None}),
        kept=_one("storage:StorageAccount", **_ACCOUNT),
        unknown=_one(
            "storage:StorageAccount", **{**_ACCOUNT, "networkRuleSet": {"defaultAction": UNKNOWN}}
        ),
    ),
    "azure-open-vault": Example(
        broken=_one("keyvault:Vault", properties=_vault("Allow")),
        kept=_one("keyvault:Vault", properties=_vault("Deny")),
        unknown=_one("keyvault:Vault", properties=_vault(UNKNOWN)),
    ),
    "azure-plain-secret": Example(
        broken=_one("web:WebApp", **_APP, siteConfig=_settings("correct horse battery")),
        kept=_one("web:WebApp", **_APP, siteConfig=_settings(_REFERENCE)),
        unknown=_one("web:WebApp", **_APP, siteConfig=_settings(UNKNOWN)),
    ),
    "azure-privileged-role": _example(
        "authorization:RoleAssignment",
        _ASSIGNED,
        "roleDefinitionId",
        f"{_ROLES}/b24988ac-6180-42a0-ab88-20f7382dd24c",
    ),
    "azure-public-blob": _example(
        "storage:BlobContainer", {"publicAccess": "None"}, "publicAccess", "Blob"
    ),
    "azure-public-database": Example(
        broken=_one("dbforpostgresql:Server", network={"publicNetworkAccess": "Enabled"}),
        kept=_one("dbforpostgresql:Server", network={"publicNetworkAccess": "Disabled"}),
        unknown=_one("dbforpostgresql:Server", network={"publicNetworkAccess": UNKNOWN}),
    ),
    "azure-shared-key": _example("storage:StorageAccount", _ACCOUNT, "allowSharedKeyAccess", True),
    "azure-wide-scope": _example("authorization:RoleAssignment", _ASSIGNED, "scope", _GROUP),
}
