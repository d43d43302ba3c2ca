"""Actions beside resources they cannot apply to: granted in words, and refused when called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.actions import applies_to, expand
from pilaster_policies.globs import arns_meet
from pilaster_policies.principals import Granted, allowed_statements
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Resource, Violation, graph_rule

ID = "aws-resource-mismatch"
WHY = "An action stands beside a resource it applies to; beside another it allows nothing."
_EXPANDED = 60
"""A wildcard that means more than this is judged for being one."""


@graph_rule(ID, why=WHY)
def applicable(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    for _, granted in allowed_statements(Stack(resources)):
        for finding in _judged(granted):
            yield granted.carrier, finding


def _judged(granted: Granted) -> Iterator[Finding]:
    statement = granted.statement
    if statement.not_resources or "Resource" in statement.unknown or not statement.resources:
        return
    if "*" in statement.resources:
        return
    for pattern in dict.fromkeys(statement.actions):
        meant = expand(pattern)
        if not meant or len(meant) > _EXPANDED:
            continue
        if not any(_fits(action, each) for action in meant for each in statement.resources):
            kinds = sorted({kind for action in meant for kind in applies_to(action)})
            where = " or ".join(_readable(kind) for kind in kinds[:3]) or "*, and nothing narrower"
            yield Violation(
                f"{granted.here}: {pattern} does not apply to {', '.join(statement.resources[:3])}"
                ": the call will be refused",
                f"give it the resource it applies to: {where}",
                statement.label,
            )


def _fits(action: str, resource: str) -> bool:
    return any(arns_meet(kind, resource) for kind in applies_to(action))


def _readable(kind: str) -> str:
    return kind.replace("\0", "<bucket>")
