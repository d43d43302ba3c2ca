"""The IAM actions AWS's own services need for what a stack declares: state machines and rules.

Their roles run no code of ours; what they call stands in a definition or in a target's ARN.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.actions import of_service
from pilaster_policies.references import Stack
from pilaster_policies.registry import Resource
from pilaster_policies.values import Value, from_json, inside, is_unknown, texts

MACHINE = "aws:sfn/stateMachine:StateMachine"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
ROLE = "aws:iam/role:Role"

_MACHINE_LOGS = frozenset(
    f"logs:{name}"
    for name in (
        "CreateLogDelivery",
        "DeleteLogDelivery",
        "DescribeLogGroups",
        "DescribeResourcePolicies",
        "GetLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "UpdateLogDelivery",
    )
)
"""https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"""
_TRACES = frozenset(
    {
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
)
_TARGETS = {
    "events": ("events:PutEvents",),
    "lambda": ("lambda:InvokeFunction",),
    "sqs": ("sqs:SendMessage",),
    "sns": ("sns:Publish",),
    "states": ("states:StartExecution",),
    "kinesis": ("kinesis:PutRecord", "kinesis:PutRecords"),
    "firehose": ("firehose:PutRecord", "firehose:PutRecordBatch"),
    "logs": ("logs:CreateLogStream", "logs:PutLogEvents"),
}
_PREFIXES = {"sfn": "states", "eventbridge": "events", "sesv2": "ses"}


def needed(stack: Stack, role: Resource) -> set[str] | None:
    """What the role's own service needs; None where nobody that is known here uses the role."""
    found: set[str] = set()
    used = False
    for machine in stack.of(MACHINE):
        if role in stack.references(machine, "roleArn", types=(ROLE,)).found:
            definition = machine.get("definition")
            if is_unknown(definition):
                return None
            used = True
            found |= set(_of_definition(definition))
            if inside(machine.props, "loggingConfiguration", "level") not in (None, "OFF"):
                found |= _MACHINE_LOGS
            if inside(machine.props, "tracingConfiguration", "enabled") is True:
                found |= _TRACES
    for target in stack.of(TARGET):
        if role in stack.references(target, "roleArn", types=(ROLE,)).found:
            arn = target.get("arn")
            if is_unknown(arn):
                return None
            used = True
            for text in texts(arn):
                found |= set(_TARGETS.get(text.split(":")[2] if text.count(":") > 4 else "", ()))
    return found if used else None


def _of_definition(definition: Value) -> Iterator[str]:
    try:
        parsed = from_json(definition) if isinstance(definition, str) else definition
    except ValueError:
        return
    for resource in _resources(parsed):
        yield from _of_task(resource)


def _resources(value: Value) -> Iterator[str]:
    """Of every task, those in branches and maps included."""
    if isinstance(value, list):
        for each in value:
            yield from _resources(each)
    elif isinstance(value, dict):
        if value.get("Type") == "Task" and isinstance(value.get("Resource"), str):
            yield value["Resource"]
        for each in value.values():
            yield from _resources(each)


def _of_task(resource: str) -> Iterator[str]:
    if resource.startswith("arn:aws:lambda:"):
        yield "lambda:InvokeFunction"
        return
    integration = resource.partition(":states:::")[2]
    integration = integration.removeprefix("aws-sdk:")
    service, _, rest = integration.partition(":")
    operation = rest.partition(".")[0].partition(":")[0]
    if service == "lambda":
        yield "lambda:InvokeFunction"
        return
    prefix = _PREFIXES.get(service, service)
    if action := of_service(prefix).get(operation.lower()):
        yield f"{prefix}:{action}"
    if rest.endswith((".sync", ".sync:2")) and service == "states":
        # https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
        yield from ("states:DescribeExecution", "states:StopExecution")
        yield from ("events:PutTargets", "events:PutRule", "events:DescribeRule")
