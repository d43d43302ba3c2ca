"""No keys: who calls storage is an identity with a role."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.azure.texts import said
from pilaster_policies.values import is_unknown

ID = "azure-shared-key"
WHY = "An account's key opens all of it for ever, and says nothing of who has it."
ACCOUNTS = {
    "azure-native:cosmosdb:DatabaseAccount": ("disableLocalAuth", "true"),
    "azure-native:eventhub:Namespace": ("disableLocalAuth", "true"),
    "azure-native:servicebus:Namespace": ("disableLocalAuth", "true"),
    "azure-native:storage:StorageAccount": ("allowSharedKeyAccess", "false"),
    "azure-native:web:WebAppFtpAllowed": ("allow", "false"),
    "azure-native:web:WebAppScmAllowed": ("allow", "false"),
}
"""By type the setting and what it has to be: without it, keys or passwords are taken."""


@rule(ID, on=ACCOUNTS, why=WHY)
def keys(resource: Resource) -> Iterator[Finding]:
    name, wanted = ACCOUNTS[resource.type]
    value = resource.get(name)
    if not is_unknown(value) and said(value) != wanted:
        yield Violation(
            f"{name} is not {wanted}: whoever has the key or password needs no identity",
            f"set {name} to {wanted}, and give roles to those who call",
        )
