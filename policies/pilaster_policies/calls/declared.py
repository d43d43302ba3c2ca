"""The IAM actions AWS's own services need for what a stack declares, and what on: state machines,
rules, schedules and pipes.

Their roles run no code of ours; what they call stands in a definition or in a target's ARN.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.calls.definitions import ANYTHING, Need, of_call, of_definition
from pilaster_policies.references import Stack
from pilaster_policies.registry import Resource
from pilaster_policies.values import Value, inside, is_unknown, texts

MACHINE = "aws:sfn/stateMachine:StateMachine"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
SCHEDULE = "aws:scheduler/schedule:Schedule"
PIPE = "aws:pipes/pipe:Pipe"
ROLE = "aws:iam/role:Role"
SERVICES = frozenset(f"{name}.amazonaws.com" for name in ("events", "pipes", "scheduler", "states"))
"""Those whose roles are judged by it."""

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
    "events": ("events:PutEvents", "events:InvokeApiDestination"),
    "execute-api": ("execute-api:Invoke",),
    "firehose": ("firehose:PutRecord", "firehose:PutRecordBatch"),
    "kinesis": ("kinesis:PutRecord", "kinesis:PutRecords"),
    "lambda": ("lambda:InvokeFunction",),
    "logs": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "sns": ("sns:Publish",),
    "sqs": ("sqs:SendMessage",),
    "states": ("states:StartExecution", "states:StartSyncExecution"),
}
"""By the service of a target's ARN.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"""
_SOURCES = {
    "sqs": ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
    "dynamodb": (
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ),
    "kinesis": (
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
        "kinesis:ListStreams",
        "kinesis:SubscribeToShard",
    ),
}
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html"""


def needed(stack: Stack, role: Resource) -> dict[str, set[str]] | None:
    """What the role's own service needs: by action, the texts that name what it is for, `CHOSEN`
    where that is decided at run time.

    None where nobody that is known here uses the role, or what it does is not known yet.
    """
    found: dict[str, set[str]] = {}
    used = False
    for needs in _needs(stack, role):
        if needs is None:
            return None
        used = True
        for action, names in needs:
            found.setdefault(action, set()).update(names)
    return found if used else None


def _needs(stack: Stack, role: Resource) -> Iterator[list[Need] | None]:
    def takes(user: Resource, *path: str) -> bool:
        return role in stack.references(user, *path, types=(ROLE,)).found

    for machine in stack.of(MACHINE):
        if takes(machine, "roleArn"):
            yield _of_machine(machine)
    for target in stack.of(TARGET):
        if takes(target, "roleArn"):
            yield _of_arns(target.get("arn"), _TARGETS)
    for schedule in stack.of(SCHEDULE):
        if takes(schedule, "target", "roleArn"):
            yield _of_arns(schedule.get("target", "arn"), _TARGETS, schedule.get("target", "input"))
            yield _of_arns(schedule.get("target", "deadLetterConfig", "arn"), _TARGETS)
    for pipe in stack.of(PIPE):
        if takes(pipe, "roleArn"):
            yield _of_arns(pipe.get("source"), _SOURCES)
            yield _of_arns(pipe.get("enrichment"), _TARGETS)
            yield _of_arns(pipe.get("target"), _TARGETS)
            yield _of_arns(_letters(pipe.props.get("sourceParameters")), _TARGETS)


def _of_machine(machine: Resource) -> list[Need] | None:
    definition = machine.get("definition")
    if is_unknown(definition):
        return None
    found = list(of_definition(definition))
    if inside(machine.props, "loggingConfiguration", "level") not in (None, "OFF"):
        found += [(action, {ANYTHING}) for action in _MACHINE_LOGS]
    if inside(machine.props, "tracingConfiguration", "enabled") is True:
        found += [(action, {ANYTHING}) for action in _TRACES]
    return found


def _of_arns(
    arn: Value, by_service: dict[str, tuple[str, ...]], given: Value = None
) -> list[Need] | None:
    """`given`: what a target that is any call of the API is called with."""
    if is_unknown(arn):
        return None
    found: list[Need] = []
    for text in texts(arn):
        if ":::aws-sdk:" in text:
            found += of_call(text.partition(":::")[2], given)
        elif text.count(":") > 4:
            found += [(action, {text}) for action in by_service.get(text.split(":")[2], ())]
    return found


def _letters(parameters: Value) -> Value:
    """The dead-letter queue of a stream that a pipe reads."""
    kinds = parameters.values() if isinstance(parameters, dict) else ()
    return next((a for k in kinds if (a := inside(k, "deadLetterConfig", "arn"))), None)
