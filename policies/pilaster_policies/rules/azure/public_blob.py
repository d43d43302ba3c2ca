"""No storage that strangers can read, or that takes calls from everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.azure.texts import said
from pilaster_policies.values import is_unknown

ID = "azure-public-blob"
WHY = "A blob is private; what the public may read is served by a CDN."


@rule(ID, on="azure-native:storage:StorageAccount", why=WHY)
def account(resource: Resource) -> Iterator[Finding]:
    allowed = resource.get("allowBlobPublicAccess")
    if not is_unknown(allowed) and said(allowed) != "false":
        yield Violation(
            "allowBlobPublicAccess is not false: a container of it may be opened to everybody",
            "set allowBlobPublicAccess to false",
        )


@rule(ID, on="azure-native:storage:BlobContainer", why=WHY)
def container(resource: Resource) -> Iterator[Finding]:
    access = resource.get("publicAccess")
    if said(access) not in ("", "none"):
        yield Violation(
            f"publicAccess is {access}: whoever knows an address reads what is there",
            "set publicAccess to None",
        )


@rule(
    "azure-open-storage",
    on="azure-native:storage:StorageAccount",
    why="An account that answers one network has one wall more than its roles.",
)
def network(resource: Resource) -> Iterator[Finding]:
    public = resource.get("publicNetworkAccess")
    if said(public) in ("disabled", "securedbyperimeter"):
        return
    default = resource.get("networkRuleSet", "defaultAction")
    if not is_unknown(public) and not is_unknown(default) and said(default) != "deny":
        yield Violation(
            "networkRuleSet.defaultAction is not Deny: the account answers every network",
            "set it to Deny and name the subnets, or set publicNetworkAccess to Disabled",
        )
