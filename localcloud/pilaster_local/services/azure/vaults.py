"""Which secrets of vaults an app's settings refer to, by whose leave: as App Service would."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pilaster_local.services.errors import PlatformError
from pilaster_local.services.stand_ins import state
from pilaster_local.services.stand_ins.record import Places
from pilaster_local.services.stand_ins.secrets import Store, no_value
from pilaster_local.services.stand_ins.state import Resource

ROLE = "4633458b-17de-408a-b874-0445c86b69e6"
"""Key Vault Secrets User."""
START = "@Microsoft.KeyVault("
_URI = re.compile(
    r"@Microsoft\.KeyVault\(SecretUri=https://(?P<vault>[0-9a-z-]{3,24})\.vault\.azure\.net/"
    r"secrets/(?P<name>[0-9a-z-]{1,127})/?(?P<version>[0-9a-z]*)/?\)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"@Microsoft\.KeyVault\(VaultName=(?P<vault>[0-9a-z-]{3,24});"
    r"SecretName=(?P<name>[0-9a-z-]{1,127})(;SecretVersion=(?P<version>[0-9a-z]*))?\)",
    re.IGNORECASE,
)


def names(resources: Sequence[Resource]) -> list[str]:
    """The secrets of the stack's vaults that somebody reads or may read, as `vault/name`."""
    scopes = [
        e["inputs"]["scope"].lower()
        for e in state.of(resources, "azure-native:authorization:RoleAssignment")
    ]
    vaults = of(resources)
    found = {
        f"{vault}/{scope.rpartition('/')[2]}"
        for vault in vaults
        for scope in scopes
        if f"/vaults/{vault}/secrets/" in scope
    }
    for app in state.of(resources, "azure-native:web:WebApp"):
        found |= {_meant(*each) for each in references(app["inputs"]).items()}
    return sorted(each for each in found if each.partition("/")[0] in vaults)


def references(app: Mapping[str, Any]) -> dict[str, str]:
    """The settings that are references, by their names."""
    settings = {each["name"]: each["value"] for each in app["siteConfig"]["appSettings"]}
    return {name: value for name, value in settings.items() if value.startswith(START)}


def resolved(
    places: Places, resources: Sequence[Resource], app: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """By setting, the secret and when it changed; never its value. Raises PlatformError where App
    Service could not read it, which there leaves the reference standing where the value should."""
    whose = f"app {app['name']!r}"
    store = Store(places.secrets)
    found: dict[str, dict[str, Any]] = {}
    for setting, reference in sorted(references(app).items()):
        secret = _meant(setting, reference)
        vault = secret.partition("/")[0]
        if vault not in of(resources):
            raise PlatformError(
                f"{whose} reads {setting} from the vault {vault!r}, which this stack does not "
                "make: make it with pilaster.azure.Secret; it makes "
                f"{', '.join(of(resources)) or 'none'}"
            )
        if not _may_read(resources, _principal(resources, app), secret):
            raise PlatformError(
                f"{whose} may not read secret {secret!r} for {setting}: the identity of its "
                "references has no role Key Vault Secrets User on it; hand `secret.read_value()` "
                "to its Identity's grants"
            )
        changed = store.changed(secret)
        if changed is None:
            raise no_value(whose, secret, places.stack)
        found[setting] = {"secret": secret, "changed": changed}
    return found


def _meant(setting: str, reference: str) -> str:
    """The vault and the secret, both in lower case: Azure does not tell them apart by it."""
    found = _URI.fullmatch(reference) or _NAMED.fullmatch(reference)
    if found is None:
        raise PlatformError(
            f"the setting {setting} is no reference to a secret: it should be "
            "@Microsoft.KeyVault(SecretUri=https://VAULT.vault.azure.net/secrets/NAME), which "
            "`reference` of pilaster.azure.Secret is"
        )
    if found["version"]:
        raise PlatformError(
            f"the setting {setting} wants one version of a secret, and this machine has the newest "
            "alone: leave the version out"
        )
    return f"{found['vault']}/{found['name']}".lower()


def of(resources: Sequence[Resource]) -> list[str]:
    """The stack's, in lower case."""
    return sorted(
        e["inputs"]["vaultName"].lower() for e in state.of(resources, "azure-native:keyvault:Vault")
    )


def _principal(resources: Sequence[Resource], app: Mapping[str, Any]) -> str | None:
    """Whose references they are: an identity of the app's own, and of the stack."""
    named = str(app.get("keyVaultReferenceIdentity", "")).lower()
    own = (app.get("identity") or {}).get("userAssignedIdentities") or []
    if named not in (each.lower() for each in own):
        return None
    for each in state.of(resources, "azure-native:managedidentity:UserAssignedIdentity"):
        if each["inputs"]["resourceName"].lower() == named.rpartition("/")[2]:
            return each["outputs"]["principalId"]
    return None


def _may_read(resources: Sequence[Resource], principal: str | None, secret: str) -> bool:
    vault, _, name = secret.partition("/")
    whole = f"/providers/microsoft.keyvault/vaults/{vault}/"
    below = f"{whole}secrets/{name}/"
    for each in state.of(resources, "azure-native:authorization:RoleAssignment"):
        inputs = each["inputs"]
        scope = inputs["scope"].lower().rstrip("/") + "/"
        if (
            scope.endswith((below, whole))
            and inputs["principalId"] == principal
            and inputs["roleDefinitionId"].lower().endswith(f"/{ROLE}")
            # Nothing here decides conditions: under one, nobody has it.
            and not inputs.get("condition")
        ):
            return True
    return False
