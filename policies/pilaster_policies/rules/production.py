"""In production, what holds data is not deleted by a slip and can be brought back.

A stack is production by its name: `prod`, `production`, and names with that word in them, as
`prod-eu` or `shop.production`. Elsewhere a stack that comes and goes is what one wants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, rule
from pilaster_policies.wanted import Wanted, findings

ID = "aws-production-data"
WHY = "In production a slip of the hand deletes no data, and what is lost can be brought back."
_NAMES = re.compile(r"(?:.*[-_.])?prod(?:uction)?(?:[-_.].*)?")

_SLIP = "one wrong command deletes it with its data"
_BACK = "what is lost stays lost"
_PROTECTED = Wanted(("deletionProtection",), (True,), _SLIP)
_BACKED_UP = Wanted(("backupRetentionPeriod",), (), _BACK, least=7)
_CLUSTER = (
    _PROTECTED,
    _BACKED_UP,
    Wanted(("skipFinalSnapshot",), (False, None), "its last state goes with it"),
)
TABLE = {
    "aws:rds/cluster:Cluster": _CLUSTER,
    "aws:docdb/cluster:Cluster": _CLUSTER,
    "aws:neptune/cluster:Cluster": _CLUSTER,
    "aws:redshift/cluster:Cluster": (
        Wanted(("automatedSnapshotRetentionPeriod",), (), _BACK, least=7),
        Wanted(("skipFinalSnapshot",), (False, None), "its last state goes with it"),
    ),
    "aws:cognito/userPool:UserPool": (
        Wanted(("deletionProtection",), ("ACTIVE",), "one wrong command deletes every account"),
    ),
    "aws:s3/bucket:Bucket": (
        Wanted(("forceDestroy",), (False, None), "the bucket is deleted with all that is in it"),
    ),
    "aws:lb/loadBalancer:LoadBalancer": (
        Wanted(("enableDeletionProtection",), (True,), "one wrong command takes the site away"),
    ),
}


@rule(ID, on=TABLE, why=WHY)
def protected(resource: Resource) -> Iterator[Finding]:
    if in_production(resource):
        yield from findings(TABLE, resource)


@rule(ID, on="aws:rds/instance:Instance", why=WHY)
def instance(resource: Resource) -> Iterator[Finding]:
    """A replica is made again from its source."""
    if in_production(resource) and not resource.get("replicateSourceDb"):
        for wanted in _CLUSTER:
            yield from wanted.findings(resource)


@rule(ID, on="aws:dynamodb/table:Table", why=WHY)
def table(resource: Resource) -> Iterator[Finding]:
    """What ends by itself (TTL) is not brought back."""
    if not in_production(resource) or resource.get("ttl", "enabled") is True:
        return
    yield from Wanted(("deletionProtectionEnabled",), (True,), _SLIP).findings(resource)
    yield from Wanted(("pointInTimeRecovery", "enabled"), (True,), _BACK).findings(resource)


def in_production(resource: Resource) -> bool:
    """The stack's name stands in the URN: urn:pulumi:<stack>::..."""
    return _NAMES.fullmatch(resource.urn.removeprefix("urn:pulumi:").partition("::")[0]) is not None
