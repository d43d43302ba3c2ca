"""Nothing is granted that nobody calls: a function's code, or a service by what a stack declares.

Read from the source of every function that lies below the folder the settings name (`graph`,
`source`); a function that lies elsewhere is not judged. What AWS does with a function's role of its
own accord (its log lines, its network interfaces, reading its event source) is in `PLATFORM`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pilaster_policies.actions import expand
from pilaster_policies.calls.declared import SERVICES
from pilaster_policies.calls.declared import needed as needed_by_services
from pilaster_policies.calls.derived import Derived, derive
from pilaster_policies.principals import ROLE, Principal, principals
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Graph, NotKnown, Resource, Violation, graph_rule

ID = "aws-spare-grant"
WHY = "A function may do what its code does, and no more."
FUNCTION = "aws:lambda/function:Function"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"

PLATFORM = frozenset(
    {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
)
"""What AWS does with every function's role."""
ATTACHED = frozenset(
    f"ec2:{name}"
    for name in (
        "AssignPrivateIpAddresses",
        "CreateNetworkInterface",
        "DeleteNetworkInterface",
        "DescribeNetworkInterfaces",
        "DescribeSubnets",
        "UnassignPrivateIpAddresses",
    )
)
"""... of a function in a network."""
POLLED = frozenset(
    {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
    }
)
"""... of one that an event source calls: reading it, and putting aside what failed."""


@graph_rule(ID, why=WHY)
def spare(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    stack = Stack(resources)
    by_role = {each.resource.urn: each for each in principals(stack) if each.resource.type == ROLE}
    for principal in by_role.values():
        needed = needed_by_services(stack, principal.resource)
        if needed is not None and principal.services <= SERVICES:
            yield from _left(principal, set(needed), "nothing that takes the role")
    root = resources.source
    if root is None:
        return
    roles: dict[str, list[Resource]] = {}
    for function in stack.of(FUNCTION):
        for role in stack.references(function, "role", types=(ROLE,)).found:
            roles.setdefault(role.urn, []).append(function)
    for urn, functions in roles.items():
        code = [_derived(root, function) for function in functions]
        if all(code):
            known = [each for each in code if each]
            yield from _judged(by_role[urn], stack, functions, known)


def _derived(root: Path, function: Resource) -> Derived | None:
    handler = function.get("handler")
    return derive(root, handler) if isinstance(handler, str) else None


def _judged(
    principal: Principal, stack: Stack, functions: list[Resource], code: list[Derived]
) -> Iterator[tuple[Resource, Finding]]:
    role = principal.resource
    needed = {action for each in code for action in each.actions} | PLATFORM
    if any(function.get("vpcConfig") for function in functions):
        needed |= ATTACHED
    if any(
        function in stack.references(mapping, "functionName", types=(FUNCTION,)).found
        for mapping in stack.of(MAPPING)
        for function in functions
    ):
        needed |= POLLED
    entries = ", ".join(str(function.get("handler")) for function in functions)
    for each in code:
        for where in each.dynamic:
            yield (
                role,
                NotKnown(
                    f"what {entries} calls: {where} names a client or an operation at run time"
                ),
            )
    yield from _left(principal, needed, f"no code that {entries} reaches")


def _left(
    principal: Principal, needed: set[str], nobody: str
) -> Iterator[tuple[Resource, Finding]]:
    for granted in principal.allowed():
        allowed = {a for pattern in granted.statement.actions for a in expand(pattern)}
        if left := sorted(allowed - needed):
            more = f" and {len(left) - 6} more" if len(left) > 6 else ""
            yield (
                granted.carrier,
                Violation(
                    f"{granted.here} allows {', '.join(left[:6])}{more}, and {nobody} calls it",
                    "take it out of the grants",
                    granted.statement.label,
                ),
            )
