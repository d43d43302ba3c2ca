"""What AWS would refuse of a plan, found without an account.

Three readings of each resource: against what pulumi_aws declares, against the request its making
would send (the provider's table, then the service's model), and against the rules AWS has beside
them (grammars, names, fields that belong together).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pilaster_local.providers.aws.plan import rules
from pilaster_local.providers.aws.plan.account import demands
from pilaster_local.providers.aws.plan.finding import Demand, Finding
from pilaster_local.providers.aws.plan.reading import findings
from pilaster_local.providers.aws.plan.resources import (
    Planned,
    Registered,
    of_plan,
    planned,
    regions,
)
from pilaster_local.providers.aws.plan.together import across
from pilaster_local.providers.aws.table import TYPES

__all__ = ["Demand", "Finding", "account", "check", "of_plan", "schema_only"]


def check(resources: Iterable[Registered], *, region: str = "", account: str = "") -> list[Finding]:
    """What AWS would refuse of these resources, in their order. Calls nobody.

    With the region and the account the stack is meant for, what points elsewhere is found as well.
    """
    known = list(_ours(resources))
    found = [finding for resource in known for finding in findings(resource)]
    return [*found, *across(known, region, account)]


def account(resources: Iterable[Registered], *, region: str = "") -> list[Demand]:
    """What the account must have for this plan, which nobody can see from here."""
    return demands(list(_ours(resources)), region)


def schema_only(resources: Iterable[Registered]) -> list[str]:
    """The types of which nothing but what pulumi_aws declares was checked: no rule of their
    services' and no request.
    """
    tokens = {each.type for each in resources if each.type.startswith("aws:")}
    return sorted(t for t in tokens if t not in TYPES and not rules.has_rules(t))


def _ours(resources: Iterable[Registered]) -> Iterator[Planned]:
    given = list(resources)
    known = regions(given)
    return (planned(each, known) for each in given if each.type.startswith("aws:"))
