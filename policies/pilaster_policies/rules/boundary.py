"""The permissions boundary a setting asks for (`graph`, `boundary`) on every role and user.

Where teams make their own roles, it is what holds when one of their policies says too much.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.globs import matches
from pilaster_policies.principals import POLICY, ROLE, USER
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Graph, Resource, Violation, graph_rule
from pilaster_policies.values import is_unknown, shown

ID = "aws-permissions-boundary"
WHY = "No role and no user goes beyond what was drawn around all of them."


@graph_rule(ID, why=WHY)
def bounded(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    if not resources.boundary:
        return
    stack = Stack(resources)
    for resource in stack.of(ROLE, USER):
        made_of = stack.references(resource, "permissionsBoundary", types=(POLICY,)).found
        said = resource.props.get("permissionsBoundary")
        if is_unknown(said):
            # A policy of this stack has no ARN yet, but a name.
            said = _arn(made_of[0], resources.boundary) if len(made_of) == 1 else None
            if said is None:
                resource.ask(("permissionsBoundary",), unknown=True)
                continue
        if not (isinstance(said, str) and matches(resources.boundary, said)):
            yield (
                resource,
                Violation(
                    f"permissionsBoundary {f'is {shown(said)}' if said else 'is not set'}: what "
                    "is attached to it, now and later, is all that holds it",
                    f"set permissionsBoundary to {resources.boundary}",
                ),
            )


def _arn(policy: Resource, wanted: str) -> str | None:
    """In the account that is asked for: a boundary is of its principal's own."""
    name, path = policy.props.get("name"), policy.props.get("path") or "/"
    arn = policy.props.get("arn")
    if isinstance(arn, str):
        return arn
    if not isinstance(name, str) or not isinstance(path, str):
        return None
    return f"{wanted.partition(':policy/')[0]}:policy{path}{name}"
