"""`iam:PassRole` says to which service: else a role for one thing is handed to any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.actions import expand
from pilaster_policies.documents import Condition
from pilaster_policies.principals import allowed_statements
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Resource, Violation, graph_rule

ID = "aws-pass-role"
WHY = "A role is passed to the service it is for, and to no other."
KEY = "iam:passedtoservice"


@graph_rule(ID, why=WHY)
def passing(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    for _, granted in allowed_statements(Stack(resources)):
        statement = granted.statement
        if not any("iam:PassRole" in expand(a) for a in statement.actions):
            continue
        if not any(map(names_services, statement.conditions)):
            yield (
                granted.carrier,
                Violation(
                    f"{granted.here} allows iam:PassRole to any service: who has it runs code "
                    "of their own with the role",
                    "add the condition StringEquals iam:PassedToService with the service",
                    statement.label,
                ),
            )


def names_services(condition: Condition) -> bool:
    operator = condition.operator.lower()  # an ...IfExists lets pass who names no service
    return (
        condition.key == KEY
        and operator in ("stringequals", "stringlike", "stringequalsignorecase")
        and bool(condition.values)
        and not any(value.strip("*?") in ("", ".amazonaws.com") for value in condition.values)
    )
