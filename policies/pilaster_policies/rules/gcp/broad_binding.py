"""A role is bound on the resource it is for, or its condition names that resource."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.gcp.bindings import WHOLE, bindings, known
from pilaster_policies.rules.gcp.conditions import names_a_resource
from pilaster_policies.values import Value, inside, is_unknown

WITHOUT_RESOURCE = frozenset(
    {
        "roles/cloudtrace.agent",
        "roles/logging.logWriter",
        "roles/monitoring.metricWriter",
    }
)
"""What goes to the project as a whole: there is no smaller thing to name."""


@rule(
    "gcp-broad-binding",
    on=WHOLE,
    why="A binding on a project is for every bucket, secret and database there is and will be.",
)
def broad(resource: Resource) -> Iterator[Finding]:
    for each in bindings(resource):
        role = known(each.role)
        if role and role not in WITHOUT_RESOURCE and not _narrowed(resource, each.condition):
            yield Violation(
                f"{each.label}{role} is bound on the whole of what holds it: on every such thing "
                "there is and will be",
                "bind it on the one resource, or name that in a condition (resource.name)",
            )


def _narrowed(resource: Resource, condition: Value) -> bool:
    """Whether a condition says which resource. One on the time or on who asks does not."""
    expression = inside(condition, "expression")
    if is_unknown(condition) or is_unknown(expression):
        resource.ask(("condition",), unknown=True)
        return True
    return isinstance(expression, str) and names_a_resource(expression)
