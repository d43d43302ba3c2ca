"""What the services a setting names (`graph`, `sources`) do here, they do for one thing of ours.

`aws-confused-deputy` keeps strangers out. This keeps out the rest of one's own account: without
`aws:SourceArn` whoever may make a state machine there, and pass the role to it, has what the role
has. Trusts of roles count here, and only here: AWS has no list of the services that say for what
they take a role (Lambda and EC2 do not), and where one does not, the condition lets nobody in any
more. So nothing is asked until a setting says of whom.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.carriers import CARRIERS, LETTING_IN, statements_of
from pilaster_policies.documents import Statement
from pilaster_policies.narrowing import narrows
from pilaster_policies.permissions import PERMISSIONS, statement_of
from pilaster_policies.registry import (
    Finding,
    Graph,
    NotKnown,
    Resource,
    Violation,
    graph_rule,
)
from pilaster_policies.values import is_unknown

ID = "aws-named-source"
WHY = "A service that may say for what of ours it acts is let in for that, and for nothing else."
FIX = "add ArnEquals aws:SourceArn with the ARN of what the service acts for"


@graph_rule(ID, why=WHY)
def named(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    asked = set(resources.sources)
    if not asked:
        return
    for resource in resources:
        if resource.type in PERMISSIONS:
            # Whose a source is that is not known yet asks `aws-confused-deputy`; here it is set.
            if not is_unknown(resource.props.get("sourceArn")):
                found = _judged("the permission", statement_of(resource), asked)
                yield from ((resource, each) for each in found)
        elif resource.type in CARRIERS:
            for here, statement in statements_of(resource, LETTING_IN):
                for each in _judged(here, statement, asked):
                    yield resource, each


def _judged(here: str, statement: Statement, asked: set[str]) -> Iterator[Finding]:
    services = ", ".join(sorted(asked & set(statement.principals)))
    if not statement.allows or not services:
        return
    if any(each.key == "aws:sourcearn" and narrows(each) for each in statement.conditions):
        return
    if "Condition" in statement.unknown:
        yield NotKnown(f"{here}: Condition, and with it for what {services} acts")
        return
    yield Violation(
        f"{here} lets in {services} without aws:SourceArn: it acts so for whatever anybody in the "
        "account lets it act for",
        FIX,
        statement.label,
    )
