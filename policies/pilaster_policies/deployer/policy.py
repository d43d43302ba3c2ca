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

from pilaster_policies.deployer import schemas
from pilaster_policies.deployer.where import LISTED, Where, beginning, names_of
from pilaster_policies.principals import ROLE, principals
from pilaster_policies.references import Stack
from pilaster_policies.registry import Graph, Resource

MOST = 6144
"""Characters of one managed policy, spaces not counted.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
PASS = "iam:PassRole"
_LINKED = "iam:CreateServiceLinkedRole"
_IMPORTED = re.compile(
    r"dynamodb:(?:Scan|Query|\w*Item|ImportTable|DescribeImport|\w*TableReplica)"
)
"""In the schema of a table for imports and replicas: the items themselves."""
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
    names = names_of(made)
    found: dict[str, set[str]] = defaultdict(set)
    passed: dict[tuple[str, ...], set[str]] = defaultdict(set)
    linked: set[str] = set()
    result = Deployer([], {})
    left: dict[str, set[str]] = defaultdict(set)
    where = Where(region, account, prefix, names)
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
        if len(names) > LISTED:
            names = [f"{beginning(names)}*"]
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
