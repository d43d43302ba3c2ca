"""Actions AWS does not have: a slip of the pen allows nothing, or denies nothing.

Both are found late: the one as AccessDenied in production, the other not at all.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pilaster_policies.actions import AS_OF, expand, of_service, services
from pilaster_policies.carriers import CARRIERS, statements_of
from pilaster_policies.registry import Finding, Resource, Violation, rule

ID = "aws-unknown-action"
WHY = "Every action in a policy exists: one that does not allows nothing, or denies nothing."


@rule(ID, on=CARRIERS, why=WHY)
def documents(resource: Resource) -> Iterator[Finding]:
    for here, statement in statements_of(resource):
        for action in dict.fromkeys(statement.actions):
            if action != "*" and not expand(action):
                what, fix = _explained(action)
                effect = "allows" if statement.allows else "denies"
                yield Violation(
                    f"{here} {effect} {action!r}, {what}: it {effect} nothing",
                    fix,
                    statement.label,
                )


def _explained(action: str) -> tuple[str, str]:
    service, _, name = action.partition(":")
    known = of_service(service.lower())
    if not known:
        near = difflib.get_close_matches(service.lower(), services(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return (
            f"a service AWS does not have (as of {AS_OF})",
            f"write service:Action with the service's IAM prefix{hint}",
        )
    near = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f": did you mean '{service}:{known[near[0]]}'?" if near else ""
    return f"which {service} does not have (as of {AS_OF})", f"name an action it has{hint}"
