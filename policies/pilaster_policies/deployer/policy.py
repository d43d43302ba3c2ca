"""The narrowest policy with which `pulumi up` of a stack works: to make, read, change and delete
what is in it, under the names it has, and nothing else.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pilaster_policies.actions import kinds_of
from pilaster_policies.deployer import schemas
from pilaster_policies.principals import ROLE, principals
from pilaster_policies.references import Stack
from pilaster_policies.registry import Graph, Resource

MOST = 6144
"""Characters of one managed policy, spaces not counted.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
_LISTED = 3
"""Names of one kind that are written out; more are written as what they begin with."""
PASS = "iam:PassRole"
_LINKED = "iam:CreateServiceLinkedRole"
_IMPORTED = re.compile(
    r"dynamodb:(?:Scan|Query|\w*Item|ImportTable|DescribeImport|\w*TableReplica)"
)
"""In the schema of a table for imports and replicas: the items themselves."""
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
_ASKED = {
    "kms": ("kmskey", "kmsmaster", "encryptionkey"),
    "secretsmanager": ("managemaster",),
    "ec2": ("vpc", "subnet", "securitygroup"),
    "logs": ("logging", "logconfig", "destination"),
    "elasticfilesystem": ("filesystem",),
    "kinesis": ("kinesis",),
    "firehose": ("firehose",),
    "s3": ("s3bucket", "bucket"),
    "sqs": ("deadletter", "redrive"),
    "sns": ("topic",),
}
"""Of another service than its own, a type's actions count if a property speaks of that service."""


@dataclass
class Deployer:
    policies: list[dict[str, Any]]
    """Documents, each within the size of a managed policy."""
    actions: dict[str, tuple[str, ...]]
    """By action, the resources it is allowed on."""
    unknown_types: list[str] = field(default_factory=list)
    """Not in the registry: what they take is not said."""
    left_out: dict[str, list[str]] = field(default_factory=dict)
    """By type: actions of the schema for things no property of it here speaks of."""


def deployer(graph: Graph, *, prefix: str, region: str, account: str) -> Deployer:
    """`prefix`: what the names of the stack begin with."""
    stack = Stack(graph)
    made = [each for each in graph if each.type.startswith("aws:")]
    names = _names(made)
    found: dict[str, set[str]] = defaultdict(set)
    passed: dict[tuple[str, ...], set[str]] = defaultdict(set)
    linked: set[str] = set()
    result = Deployer([], {})
    left: dict[str, set[str]] = defaultdict(set)
    where = _Where(region, account, prefix, names)
    for resource in made:
        known = schemas.actions(resource.type)
        if known is None:
            if resource.type not in result.unknown_types:
                result.unknown_types.append(resource.type)
            continue
        own, wanted = known
        for action in wanted:
            if action == _LINKED:
                linked.add(own)
            elif action != PASS:
                on = (
                    set(where.of(action, own, resource)) if _is_asked(action, own, resource) else ()
                )
                if on:
                    found[action].update(on)
                else:
                    left[resource.type].add(action)
    for services, role in _passed(stack, made):
        passed[services].add(f"arn:aws:iam::{account}:role/{role}")
    statements = list(_statements(found, passed, linked, account))
    result.actions = {action: tuple(sorted(on)) for action, on in sorted(found.items())}
    result.left_out = {kind: sorted(each) for kind, each in sorted(left.items())}
    result.policies = _split(statements)
    return result


def _names(resources: Sequence[Resource]) -> dict[tuple[str, str], set[str]]:
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


def _is_asked(action: str, own: str, resource: Resource) -> bool:
    service = action.partition(":")[0]
    if _IMPORTED.fullmatch(action):
        return bool(resource.get("importTable") or resource.get("replicas"))
    if service == own:
        return True
    words = _ASKED.get(service)
    return words is not None and any(
        word in key.lower() for key, value in resource.props.items() if value for word in words
    )


@dataclass(frozen=True)
class _Where:
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
            for each in (names if len(names) <= _LISTED else [f"{_beginning(names)}*"])
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


def _beginning(names: Sequence[str]) -> str:
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


def _passed(stack: Stack, made: Sequence[Resource]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Roles that are handed to a service, with the services that may take them."""
    by_urn = {each.resource.urn: each for each in principals(stack) if each.resource.type == ROLE}
    for resource in made:
        for key in ("role", "roleArn", "executionRoleArn", "taskRoleArn", "iamRoleArn"):
            if resource.type.startswith("aws:iam/"):
                continue
            for role in stack.references(resource, key, types=(ROLE,)).found:
                name = role.get("name")
                services = tuple(sorted(by_urn[role.urn].services))
                if isinstance(name, str) and services:
                    yield services, name


def _statements(
    found: dict[str, set[str]],
    passed: dict[tuple[str, ...], set[str]],
    linked: set[str],
    account: str,
) -> Iterator[dict[str, Any]]:
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for action, on in sorted(found.items()):
        alike[("*",) if "*" in on else tuple(sorted(on))].append(action)
    for on, actions in sorted(alike.items(), key=lambda pair: pair[1]):
        yield _allow(actions, on)
    for services, roles in sorted(passed.items()):
        names = sorted(roles)
        if len(names) > _LISTED:
            names = [f"{_beginning(names)}*"]
        condition = {"StringEquals": {"iam:PassedToService": list(services)}}
        yield {**_allow([PASS], names), "Condition": condition}
    if linked:
        yield _allow(
            [_LINKED],
            [
                f"arn:aws:iam::{account}:role/aws-service-role/{each}.amazonaws.com/*"
                for each in sorted(linked)
            ],
        )


def _allow(actions: Iterable[str], on: Iterable[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(on)}


def _size(statements: Sequence[dict[str, Any]]) -> int:
    return len(json.dumps(_document(statements), separators=(",", ":")))


def _document(statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _split(statements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """As few documents as a row of statements takes, a long one in several."""
    found: list[list[dict[str, Any]]] = [[]]
    for statement in statements:
        for piece in _pieces(statement):
            if found[-1] and _size([*found[-1], piece]) > MOST:
                found.append([])
            found[-1].append(piece)
    return [_document(each) for each in found if each]


def _pieces(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if _size([statement]) <= MOST:
        yield statement
        return
    longer = "Resource" if len(statement["Resource"]) > len(statement["Action"]) else "Action"
    middle = len(statement[longer]) // 2
    for half in (statement[longer][:middle], statement[longer][middle:]):
        yield from _pieces({**statement, longer: half})
