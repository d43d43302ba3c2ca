"""Takes the bounds Azure publishes for what our types are given: `described.json`.

    python -m pilaster_local.providers.azure.extract FOLDER_OF_WHEELS > described.json

Microsoft generates its own Python libraries (PyPI, MIT) from the REST API's specifications. Up to
the versions named here they carry the specifications' patterns and lengths; later ones leave them
to the service. What values a setting takes, pulumi_azure_native itself has from there.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Source(NamedTuple):
    """Where a type is described."""

    wheel: str
    """The library's name and version, as its file begins."""
    model: str
    """The class that is sent; empty where nothing in it is bounded."""
    names: Mapping[str, str]
    """By the input's name, the parameter of the address."""


_POSTGRES = "azure_mgmt_postgresqlflexibleservers-1.0.0"
_WEB = "azure_mgmt_web-7.3.1"
_NETWORK = "azure_mgmt_network-28.1.0"
_STORAGE = "azure_mgmt_storage-22.0.0"
_GROUP = {"resourceGroupName": "resource_group_name"}
SOURCES: Mapping[str, Source] = {
    "applicationinsights:Component": Source(
        "azure_mgmt_applicationinsights-4.1.0", "ApplicationInsightsComponent", {}
    ),
    "authorization:RoleAssignment": Source(
        "azure_mgmt_authorization-4.0.0", "RoleAssignmentCreateParameters", {}
    ),
    "dbforpostgresql:AdministratorsMicrosoftEntra": Source(
        _POSTGRES, "ActiveDirectoryAdministratorAdd", {"serverName": "server_name"}
    ),
    "dbforpostgresql:Configuration": Source(
        _POSTGRES, "Configuration", {"serverName": "server_name"}
    ),
    "dbforpostgresql:Database": Source(_POSTGRES, "Database", {"serverName": "server_name"}),
    "dbforpostgresql:FirewallRule": Source(
        _POSTGRES,
        "FirewallRule",
        {"serverName": "server_name", "firewallRuleName": "firewall_rule_name"},
    ),
    "dbforpostgresql:Server": Source(_POSTGRES, "Server", {"serverName": "server_name"}),
    "keyvault:Vault": Source(
        "azure_mgmt_keyvault-11.0.0", "VaultCreateOrUpdateParameters", {"vaultName": "vault_name"}
    ),
    "managedidentity:UserAssignedIdentity": Source(
        "azure_mgmt_msi-7.1.0", "Identity", {"resourceName": "resource_name"}
    ),
    "network:NetworkSecurityGroup": Source(_NETWORK, "NetworkSecurityGroup", {}),
    "network:Subnet": Source(_NETWORK, "Subnet", {}),
    "network:VirtualNetwork": Source(_NETWORK, "VirtualNetwork", {}),
    "operationalinsights:Workspace": Source(
        "azure_mgmt_loganalytics-12.0.0", "Workspace", {"workspaceName": "workspace_name"}
    ),
    "privatedns:PrivateZone": Source("azure_mgmt_privatedns-1.2.0", "PrivateZone", {}),
    "privatedns:VirtualNetworkLink": Source(
        "azure_mgmt_privatedns-1.2.0", "VirtualNetworkLink", {}
    ),
    "resources:ResourceGroup": Source("azure_mgmt_resource-23.3.0", "ResourceGroup", _GROUP),
    "storage:BlobContainer": Source(
        _STORAGE,
        "BlobContainer",
        {"accountName": "account_name", "containerName": "container_name"},
    ),
    "storage:StorageAccount": Source(
        _STORAGE, "StorageAccountCreateParameters", {"accountName": "account_name"}
    ),
    "web:AppServicePlan": Source(_WEB, "AppServicePlan", _GROUP),
    "web:WebApp": Source(_WEB, "Site", _GROUP),
    "web:WebAppAuthSettingsV2": Source(_WEB, "SiteAuthSettingsV2", _GROUP),
    "web:WebAppFtpAllowed": Source(_WEB, "CsmPublishingCredentialsPoliciesEntity", _GROUP),
    "web:WebAppScmAllowed": Source(_WEB, "CsmPublishingCredentialsPoliciesEntity", _GROUP),
}
_BOUNDS = ("pattern", "min_length", "max_length", "minimum", "maximum", "min_items", "max_items")


def extract(folder: Path) -> dict[str, Any]:
    """Per type: where its bounds are from, those of its names, those of what is sent."""
    described: dict[str, Any] = {}
    wheels: dict[str, _Wheel] = {}
    for type_, source in SOURCES.items():
        if source.wheel not in wheels:
            [path] = folder.glob(f"{source.wheel}-*.whl")
            wheels[source.wheel] = _Wheel(path)
        wheel = wheels[source.wheel]
        described[f"azure-native:{type_}"] = {
            "source": f"{source.wheel.replace('-', ' ')}, packed {wheel.packed}",
            "names": {n: b for n, of in source.names.items() if (b := wheel.parameter(of))},
            "fields": wheel.fields(source.model, ()),
        }
    return described


class _Wheel:
    """One library: the newest API version in it."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as packed:
            names = [each.filename for each in packed.infolist()]
            year, month, day = max(each.date_time for each in packed.infolist())[:3]
            models = sorted(name for name in names if name.endswith("/_models_py3.py"))
            own = [name for name in models if "/resources/" in name] or models
            home = own[-1].removesuffix("models/_models_py3.py")
            tree = ast.parse(packed.read(own[-1]))
            self._operations = "\n".join(
                packed.read(name).decode()
                for name in names
                if name.startswith(f"{home}operations/") and name.endswith(".py")
            )
        self.packed = f"{year}-{month:02}-{day:02}"
        self._classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}

    def parameter(self, name: str) -> dict[str, Any]:
        """The bounds of a parameter of addresses, where they are the same in all of them."""
        calls = re.findall(
            rf'_SERIALIZER\.url\(\s*"{name}",\s*{name},\s*"str",?\s*(.*?)\s*,?\s*\),?\n',
            self._operations,
            re.DOTALL,
        )
        found = {tuple(sorted(_arguments(call).items())) for call in calls}
        return dict(max(found, key=len)) if found else {}

    def fields(self, name: str, above: tuple[str, ...]) -> dict[str, Any]:
        """The bounded fields of a class, and of the classes in it, by the names on the wire."""
        found: dict[str, Any] = {}
        for cls in self._with_bases(name):
            bounds, wire = _literal(cls, "_validation"), _literal(cls, "_attribute_map")
            for attribute, where in wire.items():
                said = bounds.get(attribute, {})
                if said.get("readonly"):
                    continue
                node = {key: said[key] for key in _BOUNDS if key in said}
                inner = where["type"].strip("[]{}")
                if inner in self._classes and inner not in above:
                    below = self.fields(inner, (*above, name))
                    node |= {"fields": below} if below else {}
                if node:
                    # pulumi_azure_native leaves the object `properties` out, as these classes do.
                    found[re.split(r"(?<!\\)\.", where["key"])[-1].replace("\\", "")] = node
        return found

    def _with_bases(self, name: str) -> Iterator[ast.ClassDef]:
        cls = self._classes.get(name)
        if cls is None:
            return
        for base in cls.bases:
            if isinstance(base, ast.Name):
                yield from self._with_bases(base.id)
        yield cls


def _arguments(call: str) -> dict[str, Any]:
    parsed = ast.parse(f"f({call})", mode="eval").body
    assert isinstance(parsed, ast.Call)
    return {
        each.arg: ast.literal_eval(each.value) for each in parsed.keywords if each.arg in _BOUNDS
    }


def _literal(cls: ast.ClassDef, name: str) -> dict[str, Any]:
    for node in cls.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return ast.literal_eval(node.value)
    return {}


if __name__ == "__main__":
    print(json.dumps(extract(Path(sys.argv[1])), indent=0, sort_keys=True))
