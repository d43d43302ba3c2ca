"""Policy documents and grants. Creates nothing.

The decision taken here for everybody: nothing is allowed by a wildcard action, ever, and the
resource `*` stands only beside the actions in `NO_RESOURCE_LEVEL`, each with the reason.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pulumi

VERSION = "2012-10-17"

_NETWORK_INTERFACES = (
    "Lambda attaches a function to subnets with its role, before the function or an ARN of an "
    "interface exists; AWS asks for `*`. The handler cannot use it: EC2 is out of reach from inside"
)
_LOG_DELIVERY = (
    "CloudWatch Logs offers no resource level for vended log deliveries; a state machine's role "
    "needs them before its first line"
)
_TASK_TOKENS = (
    "an answer names its run by a token alone, which only that run has given away; IAM knows no "
    "resource for it"
)
_STREAM_LISTING = (
    "Lambda looks for a table's stream among all of the account: listing has no resource level"
)
_TRACING = "X-Ray takes segments for the account, it has no resource to name"

NO_RESOURCE_LEVEL: Mapping[str, str] = MappingProxyType(
    {
        "dynamodb:ListStreams": _STREAM_LISTING,
        "ec2:AssignPrivateIpAddresses": _NETWORK_INTERFACES,
        "ec2:CreateNetworkInterface": _NETWORK_INTERFACES,
        "ec2:DeleteNetworkInterface": _NETWORK_INTERFACES,
        "ec2:DescribeNetworkInterfaces": _NETWORK_INTERFACES,
        "ec2:DescribeSubnets": _NETWORK_INTERFACES,
        "ec2:UnassignPrivateIpAddresses": _NETWORK_INTERFACES,
        "logs:CreateLogDelivery": _LOG_DELIVERY,
        "logs:DeleteLogDelivery": _LOG_DELIVERY,
        "logs:DescribeLogGroups": _LOG_DELIVERY,
        "logs:DescribeResourcePolicies": _LOG_DELIVERY,
        "logs:GetLogDelivery": _LOG_DELIVERY,
        "logs:ListLogDeliveries": _LOG_DELIVERY,
        "logs:PutResourcePolicy": _LOG_DELIVERY,
        "logs:UpdateLogDelivery": _LOG_DELIVERY,
        "textract:DetectDocumentText": "the picture is in the call; there is nothing to name",
        "states:SendTaskSuccess": _TASK_TOKENS,
        "xray:PutTelemetryRecords": _TRACING,
        "xray:PutTraceSegments": _TRACING,
    }
)
"""The only actions a resource `*` may stand beside, with the reason."""

PLATFORM: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "logs": ("logs:CreateLogStream", "logs:PutLogEvents"),
        "network interfaces": tuple(
            action for action in NO_RESOURCE_LEVEL if action.startswith("ec2:")
        ),
        "queue polling": ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
        "state machine logs": tuple(
            action for action in NO_RESOURCE_LEVEL if action.startswith("logs:")
        ),
        "stream polling": (
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
        ),
        "stream listing": ("dynamodb:ListStreams",),
        "giving up": ("sqs:SendMessage",),
        "tracing": tuple(action for action in NO_RESOURCE_LEVEL if action.startswith("xray:")),
    }
)
"""What AWS itself does with a role of ours, beside what the code in it does."""

REACHABLE_INSIDE = frozenset({"dynamodb", "elasticache", "rds-db", "s3"})
"""A private subnet has no way out but the two gateway endpoints; database and cache are in it."""

UNREACHABLE_OUTSIDE = frozenset({"elasticache", "rds-db"})
"""What has an address in the private subnets only."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Leave to do something with something. Handed to a `Function`, whose role is the union."""

    owner: str
    """Logical name of the component that owns the resources."""
    actions: Sequence[str]
    """IAM actions, each spelled out."""
    resources: Sequence[pulumi.Input[str]]
    """ARNs; one may end in `*` to say a prefix."""
    known: bool = True
    """Whether the ARNs can be derived. If not, the grant gets an inline policy of its own."""

    def __post_init__(self) -> None:
        if not self.actions or not self.resources:
            raise ValueError(f"grant of {self.owner!r} lacks actions or resources: name them")
        for action in self.actions:
            if not re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+", action):
                raise ValueError(
                    f"action {action!r} in a grant of {self.owner!r} is not one action: "
                    "write `service:Action`, one by one; a wildcard grants what AWS adds tomorrow"
                )
        for resource in self.resources:
            if isinstance(resource, str):
                _check_resource(resource, self.actions, self.owner)

    @property
    def services(self) -> frozenset[str]:
        """The IAM services the actions belong to."""
        return frozenset(action.split(":")[0] for action in self.actions)


def _check_resource(resource: str, actions: Sequence[str], owner: str) -> None:
    if resource == "*":
        unexplained = [action for action in actions if action not in NO_RESOURCE_LEVEL]
        if unexplained:
            raise ValueError(
                f"grant of {owner!r} names resource '*' for {', '.join(unexplained)}: "
                "name the resource, or give the reason in iam.NO_RESOURCE_LEVEL"
            )
    elif not resource.startswith("arn:"):
        raise ValueError(f"resource {resource!r} in a grant of {owner!r} is not an ARN")


def check_side(grants: Iterable[Grant], *, inside: bool, function: str) -> None:
    """Refuses what could be permitted but never reached."""
    for grant in grants:
        if inside:
            lost = grant.services - REACHABLE_INSIDE
            way = "has no way out of its subnets but to S3, DynamoDB, the database and the cache"
            fix = "leave `network` out, or let a function outside do it"
        else:
            lost = grant.services & UNREACHABLE_OUTSIDE
            way = "has no way into the private subnets"
            fix = "set `network` to put it inside"
        if lost:
            raise ValueError(
                f"function {function!r} is granted {', '.join(sorted(lost))} by {grant.owner!r} "
                f"but {way}: {fix}"
            )


def platform(need: str, *, owner: str, resources: Sequence[pulumi.Input[str]] = ("*",)) -> Grant:
    """The grant for one of the platform's own needs."""
    return Grant(owner=owner, actions=PLATFORM[need], resources=resources)


def statements(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    """One statement per set of resources, its actions the union, in the order first seen."""
    actions: dict[tuple[pulumi.Input[str], ...], set[str]] = {}
    for grant in grants:
        actions.setdefault(tuple(grant.resources), set()).update(grant.actions)
    return [
        {"Effect": "Allow", "Action": sorted(allowed), "Resource": list(resources)}
        for resources, allowed in actions.items()
    ]


def policies(grants: Iterable[Grant]) -> dict[str, list[dict[str, Any]]]:
    """Statements by policy: one for all that is known (named ""), one per owner of what is not."""
    by_policy: dict[str, list[Grant]] = {}
    for grant in grants:
        by_policy.setdefault("" if grant.known else grant.owner, []).append(grant)
    return {policy: statements(members) for policy, members in by_policy.items()}


def document(statements: Sequence[Mapping[str, Any]]) -> pulumi.Output[str]:
    """The policy as IAM reads it; known at preview if every resource in it is."""
    return pulumi.Output.json_dumps({"Version": VERSION, "Statement": list(statements)})


def trust(service: str, source: str | None = None) -> str:
    """Who may take a role: one AWS service, on behalf of `source` (an ARN of ours) alone.

    Without the source, whoever can point that service at the role could use it. Lambda has no
    source to give: it takes a role before the function exists.
    """
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": f"{service}.amazonaws.com"},
    }
    if source:
        account = source.split(":")[4]
        statement["Condition"] = {
            "ArnEquals": {"aws:SourceArn": source},
            "StringEquals": {"aws:SourceAccount": account},
        }
    return json.dumps({"Version": VERSION, "Statement": [statement]})


def deny_without_tls(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """The statement every policy on a resource of ours ends with."""
    return {
        "Sid": "DenyWithoutTls",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": list(actions),
        "Resource": list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
