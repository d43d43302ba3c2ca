"""A service acts for whoever asks it: a policy says on whose behalf, or it lets in everybody's.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html. Trusts of roles are left out:
who hands a role to a service needs iam:PassRole for it, which no stranger has across accounts
(`aws-named-source` asks more, where a setting says so); so are keys, which are used with a grant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pilaster_policies.carriers import CARRIERS, statements_of
from pilaster_policies.documents import Statement
from pilaster_policies.narrowing import narrowed
from pilaster_policies.permissions import PERMISSIONS, statement_of
from pilaster_policies.registry import (
    Finding,
    Graph,
    NotKnown,
    Resource,
    Violation,
    graph_rule,
    rule,
)
from pilaster_policies.values import is_unknown

ID = "aws-confused-deputy"
WHY = "A service that is let in acts for this account, not for whoever asks it."
FIX = "add ArnLike aws:SourceArn with what of yours calls, or StringEquals aws:SourceAccount"

_TIED = frozenset(
    {
        # Its logs go to a path with the account in it; AWS documents the policy without conditions.
        "logdelivery.elasticloadbalancing.amazonaws.com",
        # Pulls images for functions, whose own account has to be let in as well.
        "lambda.amazonaws.com",
    }
)
_SERVICES = (".amazonaws.com", ".amazon.com", ".amazonaws.com.cn")


@rule(ID, on=CARRIERS, why=WHY)
def documents(resource: Resource) -> Iterator[Finding]:
    for here, statement in statements_of(resource, ("resource",)):
        if statement.allows:
            yield from _judged(here, statement)


@rule(ID, on=PERMISSIONS, why=WHY)
def permission(resource: Resource) -> Iterator[Finding]:
    statement = statement_of(resource)
    if "Condition" not in statement.unknown:
        yield from _judged("the permission", statement)


@graph_rule(ID, why=WHY)
def sources(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    """A source that is not known yet and made of a resource of this stack is one's own."""
    for resource in resources:
        if resource.type in PERMISSIONS and "Condition" in statement_of(resource).unknown:
            for name, value in resource.props.items():
                if is_unknown(value) and name.startswith("source"):
                    made = resource.needs.get(name, ())
                    here = any(each.type.startswith("aws:") for each in made)
                    resource.ask((name,), unknown=not here)
    yield from ()


def _judged(here: str, statement: Statement) -> Iterator[Finding]:
    services = _asked(statement.principals)
    if not services or narrowed(statement.conditions):
        return
    if any(condition.key == "lambda:eventsourcetoken" for condition in statement.conditions):
        return
    if "Condition" in statement.unknown:
        yield NotKnown(f"{here}: Condition, and with it for whom {', '.join(services)} acts")
        return
    yield Violation(
        f"{here} lets in {', '.join(services)} for anybody: an account of a stranger's has only to "
        "ask the service",
        FIX,
        statement.label,
    )


def _asked(principals: Sequence[str]) -> list[str]:
    return sorted({p for p in principals if p.endswith(_SERVICES) and p not in _TIED})
