"""A vault answers its own network, and gives each secret by a role on it."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.azure.texts import said
from pilaster_policies.values import is_unknown


@rule(
    "azure-open-vault",
    on="azure-native:keyvault:Vault",
    why="Secrets are given one by one, to identities, inside a network.",
)
def vault(resource: Resource) -> Iterator[Finding]:
    roles = resource.get("properties", "enableRbacAuthorization")
    if not is_unknown(roles) and said(roles) != "true":
        yield Violation(
            "enableRbacAuthorization is not true: an access policy is for all secrets of the vault",
            "set it to true, and assign roles on single secrets",
        )
    public = resource.get("properties", "publicNetworkAccess")
    if said(public) == "disabled" or is_unknown(public):
        return
    default = resource.get("properties", "networkAcls", "defaultAction")
    if not is_unknown(default) and said(default) != "deny":
        yield Violation(
            "networkAcls.defaultAction is not Deny: the vault answers every network",
            "set it to Deny and name the subnets",
        )
