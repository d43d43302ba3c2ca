"""Other accounts are let in with something only the one that is meant can show, or by exception.

Named as a principal, or as the account a condition or a permission's source speaks of. Whose
account is one's own says the provider (`allowedAccountIds`); where it does not, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pilaster_policies.carriers import CARRIERS, LETTING_IN, statements_of
from pilaster_policies.documents import Condition, Statement
from pilaster_policies.narrowing import accounts_in, narrows, own_accounts
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

ID = "aws-foreign-account"
WHY = "Who is let in belongs to this account, or is another's that was meant, and proves it."
FIX = (
    "name a principal of your own account; for another's that is meant, add a condition with "
    "sts:ExternalId or aws:PrincipalOrgID, or list the statement as an exception with the reason"
)

_ACCOUNT = re.compile(r"(?:arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):.*|(\d{12}))")
_PROOFS = ("sts:externalid", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid")
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html:
# the accounts load balancers write their logs from, in regions older than August 2022.
_BALANCERS = frozenset(
    {
        "127311923021", "033677994240", "027434742980", "797873946194", "098369216593",
        "985666609251", "054676820928", "156460612806", "652711504416", "635631232127",
        "009996457667", "897822967062", "754344448648", "582318560864", "600734575887",
        "383597477331", "114774131450", "783225319266", "718504428378", "507241528517",
    }
)  # fmt: skip


@rule(ID, on=CARRIERS, why=WHY)
def documents(resource: Resource) -> Iterator[Finding]:
    for here, statement in statements_of(resource, LETTING_IN):
        if statement.allows:
            yield from _accounts(resource, here, statement)


@rule(ID, on=PERMISSIONS, why=WHY)
def permission(resource: Resource) -> Iterator[Finding]:
    yield from _accounts(resource, "the permission", statement_of(resource))


@graph_rule(ID, why=WHY)
def sources(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    """An account that is not known yet and made of a resource of this stack is one's own."""
    for resource in resources:
        if resource.type in PERMISSIONS and is_unknown(resource.props.get("sourceAccount")):
            made = resource.needs.get("sourceAccount", ())
            resource.ask(
                ("sourceAccount",), unknown=not any(each.type.startswith("aws:") for each in made)
            )
    yield from ()


def _accounts(resource: Resource, here: str, statement: Statement) -> Iterator[Finding]:
    named = {match[1] or match[2] for p in statement.principals if (match := _ACCOUNT.fullmatch(p))}
    if {action.lower() for action in statement.actions} == {"s3:putobject"}:
        named -= _BALANCERS
    if any(map(_proves, statement.conditions)):
        return
    own = set(own_accounts(resource))
    if not own:
        if len(named) > 1 or (named and statement.unknown):
            yield NotKnown(f"{here}: which of {', '.join(sorted(named))} is this account")
        return
    if foreign := sorted((named | _sources(statement, own)) - own):
        yield Violation(
            f"{here} lets in account {', '.join(foreign)}, which is another's: whoever runs that "
            "account decides who comes",
            FIX,
            statement.label,
        )


def _sources(statement: Statement, own: set[str]) -> set[str]:
    """The accounts conditions speak of: all hold together, so one that names its own is enough."""
    of_each = [
        found for each in statement.conditions if narrows(each) and (found := accounts_in(each))
    ]
    if not of_each or any(found <= own for found in of_each):
        return set()
    return set[str]().union(*of_each)


def _proves(condition: Condition) -> bool:
    operator = condition.operator.lower()
    return (
        condition.key in _PROOFS
        and operator in ("stringequals", "stringlike", "foranyvalue:stringlike")
        and bool(condition.values)
        and not any(value.strip("*?") == "" for value in condition.values)
    )
