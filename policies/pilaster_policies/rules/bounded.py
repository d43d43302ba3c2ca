"""Nobody may do more than the policy that was written down for them.

The settings (`graph`, `bounds`) name a principal and a file with a policy document: what a team may
hand out, what an auditor has seen. All that is attached to the principal is proved against it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.calls.granted import power
from pilaster_policies.documents import UnreadableError, statements
from pilaster_policies.principals import principals
from pilaster_policies.proof.containment import Power, no_broader
from pilaster_policies.references import Stack
from pilaster_policies.registry import (
    Finding,
    Graph,
    NotKnown,
    Resource,
    Violation,
    graph_rule,
)
from pilaster_policies.rules.recorded_call import unread
from pilaster_policies.values import Unknown

ID = "aws-no-broader"
WHY = "Nobody may do more than the policy that was written down for them."


@graph_rule(ID, why=WHY)
def bounded(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    if not resources.bounds:
        return
    stack = Stack(resources)
    found = principals(stack)
    waiting = unread(stack)
    for name, document in resources.bounds.items():
        meant = [each for each in found if name in (each.resource.name, each.resource.urn)]
        try:
            read = statements(document)
        except UnreadableError as error:
            yield resources[0], _wrong(f"the policy {name} is held against is none: {error}")
            continue
        if not meant:
            yield resources[0], _wrong(f"nobody in the stack is called {name!r}")
        for principal in meant:
            wide = Power(() if isinstance(read, Unknown) else tuple(read))
            proof = no_broader(power(principal), wide)
            if proof.verdict == "broader":
                yield (
                    principal.resource,
                    Violation(
                        f"it may do more than the policy it is held against: {proof.request}",
                        "take it out of what is attached to it, or write it into that policy",
                    ),
                )
            elif proof.verdict == "unknown" or principal.resource.urn in waiting:
                why = proof.why or "a policy attached to it is not known"
                said = f"whether it may do more than the policy it is held against: {why}"
                yield principal.resource, NotKnown(said)


def _wrong(what: str) -> Violation:
    return Violation(
        f"{what}: nothing is proved", "name a role, user or group and a policy in `bounds`"
    )
