"""Per function: what it is granted, what of it its code calls, and what was seen to be called."""

from __future__ import annotations

from dataclasses import dataclass

from pilaster_policies.actions import expand
from pilaster_policies.calls.derived import derive
from pilaster_policies.principals import ROLE, principals
from pilaster_policies.references import Stack
from pilaster_policies.registry import Graph
from pilaster_policies.rules.spare_grant import ATTACHED, FUNCTION, PLATFORM, POLLED

INLINE = "aws:iam/rolePolicy:RolePolicy"


@dataclass(frozen=True)
class Row:
    function: str
    """Its logical name."""
    granted: tuple[str, ...]
    """What the platform itself needs is left out."""
    used: tuple[str, ...]
    """Granted, and seen to be called."""
    untested: tuple[str, ...]
    """Granted and with a call site, and never seen."""
    spare: tuple[str, ...]
    """Granted without a call site."""
    hidden: tuple[str, ...]
    """Policies of it that are not known before they are made; what they grant is in no other."""


def rows(graph: Graph) -> list[Row]:
    """Functions whose source is at hand, by name."""
    if graph.source is None:
        return []
    stack = Stack(graph)
    by_role = {each.resource.urn: each for each in principals(stack)}
    hidden: dict[str, list[str]] = {}
    for policy in stack.of(INLINE):
        if not isinstance(policy.get("policy"), str):
            for role in stack.references(policy, "role", types=(ROLE,)).found:
                hidden.setdefault(role.urn, []).append(policy.name)
    found: list[Row] = []
    for function in stack.of(FUNCTION):
        code = derive(graph.source, str(function.get("handler")))
        roles = stack.references(function, "role", types=(ROLE,)).found
        if code is None or not roles:
            continue
        granted = {
            action
            for each in by_role[roles[0].urn].allowed()
            for pattern in each.statement.actions
            for action in expand(pattern)
        } - (PLATFORM | ATTACHED | (POLLED - set(code.actions)))
        seen = set(graph.calls.get(str(function.get("handler")), {}))
        called = granted & set(code.actions)
        found.append(
            Row(
                function=function.name,
                granted=tuple(sorted(granted)),
                used=tuple(sorted(granted & seen)),
                untested=tuple(sorted(called - seen)),
                spare=tuple(sorted(granted - called)),
                hidden=tuple(sorted(hidden.get(roles[0].urn, ()))),
            )
        )
    return sorted(found, key=lambda row: row.function)
