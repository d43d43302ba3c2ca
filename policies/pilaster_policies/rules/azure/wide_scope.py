"""A role is for one resource: on a group or a subscription it is for all there is and will be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.values import is_unknown

_GROUP = re.compile(r"/subscriptions/[^/]+/resourcegroups/[^/]+/?", re.IGNORECASE)
_MORE = re.compile(
    r"/?|/subscriptions/[^/]+/?|/providers/microsoft\.management/managementgroups/[^/]+/?",
    re.IGNORECASE,
)


@rule(
    "azure-wide-scope",
    on="azure-native:authorization:RoleAssignment",
    why="A role on a group or a subscription is for every vault, account and database there is and "
    "will be.",
)
def scope(resource: Resource) -> Iterator[Finding]:
    value = resource.get("scope")
    if is_unknown(value) or not isinstance(value, str):
        return
    wide = (
        "a resource group"
        if _GROUP.fullmatch(value)
        else "a subscription or more"
        if _MORE.fullmatch(value)
        else None
    )
    if wide:
        yield Violation(
            f"the scope is {wide}: every such thing in it, those that are made later included",
            "name the one resource by its id",
        )
