"""Nobody is let in by being anybody: no `*` principal without a condition that really narrows."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.carriers import CARRIERS, LETTING_IN, statements_of
from pilaster_policies.documents import Statement
from pilaster_policies.narrowing import narrowed
from pilaster_policies.permissions import PERMISSIONS, statement_of
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, rule

ID = "aws-wildcard-principal"
WHY = "Whoever may use something is named: a wildcard principal is everybody with an AWS account."
FIX = (
    "name the principals, or add a condition such as StringEquals aws:SourceAccount, "
    "aws:PrincipalOrgID or ArnLike aws:SourceArn with your own account in it"
)


@rule(ID, on=CARRIERS, why=WHY)
def documents(resource: Resource) -> Iterator[Finding]:
    for here, statement in statements_of(resource, LETTING_IN):
        yield from judged(here, statement)


@rule(ID, on=PERMISSIONS, why=WHY)
def permission(resource: Resource) -> Iterator[Finding]:
    yield from judged("the permission", statement_of(resource))


def judged(here: str, statement: Statement) -> Iterator[Finding]:
    """What is to be said of who a statement of a resource's policy lets in."""
    if not statement.allows:
        return
    if narrowed(statement.conditions):
        return
    everybody = sorted({p for p in statement.principals if "*" in p})
    if "Condition" in statement.unknown and (everybody or statement.not_principals):
        yield NotKnown(f"{here}: Condition, and with it whether it is open to everybody")
        return
    if statement.not_principals:
        yield Violation(f"{here} lets in everybody but those in NotPrincipal", FIX, statement.label)
    if everybody:
        tried = sorted({c.key for c in statement.conditions})
        reason = f"; its condition ({', '.join(tried)}) does not narrow that" if tried else ""
        yield Violation(
            f"{here} lets in the principal {', '.join(everybody)}: anybody on earth{reason}",
            FIX,
            statement.label,
        )
    if {"Statement", "Effect", "Principal"} & set(statement.unknown):
        yield NotKnown(f"{here}, and with it who is let in", statement.label)
