"""What a deployer's action is asked for: the ARNs of what is in the stack, by its names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pilaster_policies.actions import kinds_of
from pilaster_policies.deployer import schemas
from pilaster_policies.registry import Resource

LISTED = 3
"""Names of one kind that are written out; more are written as what they begin with."""
_NAMES = (
    "name",
    "bucket",
    "identifier",
    "clusterIdentifier",
    "family",
    "emailIdentity",
    "configurationSetName",
    "userId",
    "userGroupId",
)
"""Properties that hold a physical name."""
_DRAWN = ("aws:ec2/", "aws:vpc/", "aws:cognito/", "aws:kms/", "aws:cloudfront/")
"""Types whose ids AWS draws, whatever their names are."""
_KINDS = {
    "aws:rds/clusterInstance:ClusterInstance": "db",
    "aws:rds/instance:Instance": "db",
    "aws:rds/subnetGroup:SubnetGroup": "subgrp",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": "clusterpg",
    "aws:rds/parameterGroup:ParameterGroup": "pg",
    "aws:glue/catalogDatabase:CatalogDatabase": "database",
    "aws:glue/catalogTable:CatalogTable": "table",
    "aws:sesv2/emailIdentity:EmailIdentity": "identity",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "securitygrouprule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "securitygrouprule",
}
"""Types whose resources are called otherwise in ARNs."""
_FOREIGN = {"kms": "*", "secretsmanager": "rds!*"}
"""Of other services, what is there and in no stack: AWS's own keys, the secrets RDS makes.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html"""


@dataclass(frozen=True)
class Where:
    region: str
    account: str
    prefix: str
    names: dict[tuple[str, str], set[str]]

    def of(self, action: str, own: str, resource: Resource) -> Iterator[str]:
        """The ARNs of what is in the stack, of the kinds the action applies to; none if none is."""
        service, kinds = action.partition(":")[0], kinds_of(action)
        if service == "apigateway":
            # Ids are drawn, and whatever is below an API goes by its path.
            root = "/apis" if "apigatewayv2" in resource.type else "/restapis"
            for path in (root, f"{root}/*", "/tags/*"):
                yield f"arn:aws:apigateway:{self.region}::{path}"
            return
        if not kinds:
            yield "*"
            return
        there = {kind: names for (of, kind), names in self.names.items() if of == service}
        meant: list[str] = []
        for kind, arn in kinds:
            called = {n for each, names in there.items() if _same(kind, each) for n in names}
            if kind == "object" and resource.type.startswith("aws:s3/bucketObject"):
                own_bucket = resource.props.get("bucket")
                buckets = [own_bucket] if isinstance(own_bucket, str) else there.get("bucket", ())
                called = {f"{name}/*" for name in buckets}
                arn = "arn:${Partition}:s3:::${Object}"
            meant += [each for name in self._shortened(called) for each in self._filled(arn, name)]
        if meant:
            # What has no name of its own (a catalog) is asked for beside what has.
            meant += [e for _, arn in kinds if not _free(arn) for e in self._filled(arn, "")]
        elif service in _FOREIGN or (service == own and _is_attached(resource.type)):
            # It belongs to something that is not of this stack.
            name = _FOREIGN.get(service, "*")
            meant = [each for _, arn in kinds for each in self._filled(arn, name)]
        yield from meant

    def _shortened(self, called: set[str]) -> list[str]:
        """Many names that begin alike, the stack's own beginning included, as one pattern."""
        if "" in called:
            return ["*"]
        alike: dict[str, list[str]] = defaultdict(list)
        for name in sorted(called):
            head, found, _ = name.partition(self.prefix)
            alike[head + found if found else name].append(name)
        return [
            each
            for names in alike.values()
            for each in (names if len(names) <= LISTED else [f"{beginning(names)}*"])
        ]

    def _filled(self, arn: str, name: str) -> Iterator[str]:
        """The last of its names is the resource's; what stands before may be any."""
        known = {"Partition": "aws", "Region": self.region, "Account": self.account}
        free = _free(arn)

        def put(part: re.Match[str]) -> str:
            if part[1] in known:
                return known[part[1]]
            return name if part[1] == free[-1] else "*"

        found = re.sub(r"\*+", "*", re.sub(r"\$\{(\w+)\}", put, arn))
        yield found
        if ":log-group:" in found and not found.endswith("*"):
            yield f"{found}:*"  # as which some actions on groups ask for them


def _free(arn: str) -> list[str]:
    """The names in an ARN of the reference that are a resource's."""
    return [
        each
        for each in re.findall(r"\$\{(\w+)\}", arn)
        if each not in ("Partition", "Region", "Account")
    ]


def beginning(names: Sequence[str]) -> str:
    """What the first and the last in order begin with, all between do."""
    first, last = min(names), max(names)
    differ = next((at for at, (a, b) in enumerate(zip(first, last)) if a != b), len(first))  # noqa: B905
    return first[:differ]


def _is_attached(type_: str) -> bool:
    """A type that is no resource of its own in ARNs: a part of another one."""
    _, wanted = schemas.actions(type_) or ("", ())
    return not any(_same(kind, _kind(type_)) for action in wanted for kind, _ in kinds_of(action))


def _same(kind: str, other: str) -> bool:
    kind = re.sub(r"[^a-z0-9]", "", kind.lower())
    return kind in (other, f"{other}s") or (kind.startswith(f"{other}on") or kind == f"{other}path")


def names_of(resources: Sequence[Resource]) -> dict[tuple[str, str], set[str]]:
    """By service and kind of resource, the physical names; an empty one where AWS draws it."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for resource in resources:
        known = schemas.actions(resource.type)
        if known is not None:
            name = next((v for key in _NAMES if isinstance(v := resource.props.get(key), str)), "")
            drawn = resource.type.startswith(_DRAWN)
            found[known[0], _kind(resource.type)].add("" if drawn else name)
    return found


def _kind(type_: str) -> str:
    if type_ in _KINDS:
        return _KINDS[type_]
    kind = type_.rpartition(":")[2].lower()
    return (
        kind.removeprefix("event") if "cloudwatch/event" in type_ and kind != "eventbus" else kind
    )
