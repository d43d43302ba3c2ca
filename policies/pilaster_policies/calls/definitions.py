"""What the definition of a state machine calls, read from its tasks, and on what.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-services.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pilaster_policies.actions import of_service
from pilaster_policies.values import Value, from_json

Need = tuple[str, set[str]]
"""An action, and the texts that name what it is for."""
ANYTHING = "*"
"""Stands for whatever AWS does itself in the course of it, under names of its own."""
CHOSEN = "?"
"""Stands for a name that is decided at run time: one of those that are granted by name."""

_PREFIXES = {"eventbridge": "events", "sesv2": "ses", "sfn": "states"}
_PAYLOADS = ("Detail", "Input", "Item", "Message", "MessageBody", "Payload")
"""Parameters that are handed on and name nothing."""
_NAMING = re.compile(r"\w+(Name|Arn|Url|Id|Identifier)|Bucket|Entries|Key|Resource")
_SYNC = {
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
    "states": ("states:DescribeExecution", "states:StopExecution"),
    "batch": ("batch:DescribeJobs", "batch:TerminateJob"),
    "codebuild": ("codebuild:BatchGetBuilds", "codebuild:StopBuild"),
    "ecs": ("ecs:DescribeTasks", "ecs:StopTask"),
    "glue": ("glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns"),
}
_WATCHED = ("events:DescribeRule", "events:PutRule", "events:PutTargets")


def of_definition(definition: Value) -> Iterator[Need]:
    try:
        parsed = from_json(definition) if isinstance(definition, str) else definition
    except ValueError:
        return
    for task in _tasks(parsed):
        resource = str(task["Resource"])
        given = task.get("Parameters", task.get("Arguments"))
        if resource.startswith("arn:aws:lambda:"):
            yield "lambda:InvokeFunction", {resource}
        else:
            yield from of_call(resource.partition(":states:::")[2], given)


def of_call(integration: str, given: Value) -> Iterator[Need]:
    """`lambda:invoke`, `aws-sdk:sqs:sendMessage`, with what it is called with."""
    service, _, rest = integration.removeprefix("aws-sdk:").partition(":")
    operation = rest.partition(".")[0].partition(":")[0]
    prefix = _PREFIXES.get(service, service)
    try:
        read = from_json(given) if isinstance(given, str) else given
    except ValueError:
        read = None
    names = set(_names(read))
    if prefix == "events" and "EventBusName" not in json.dumps(read, default=str):
        names.add("default")
    names = names or {CHOSEN}
    action = "InvokeFunction" if service == "lambda" else of_service(prefix).get(operation.lower())
    if action:
        yield f"{prefix}:{action}", names
    if rest.endswith((".sync", ".sync:2")) and prefix in _SYNC:
        yield from ((each, {ANYTHING}) for each in (*_SYNC[prefix], *_WATCHED))


def _tasks(value: Value) -> Iterator[dict[str, Value]]:
    """Every one, those in branches and maps included."""
    if isinstance(value, list):
        for each in value:
            yield from _tasks(each)
    elif isinstance(value, dict):
        if value.get("Type") == "Task" and isinstance(value.get("Resource"), str):
            yield value
        for each in value.values():
            yield from _tasks(each)


def _names(given: Value, key: str = "") -> Iterator[str]:
    """The texts a task is called with, `CHOSEN` for what names a thing and is not known."""
    if isinstance(given, dict):
        for name, each in given.items():
            if name.removesuffix(".$") not in _PAYLOADS:
                yield from _names(each, name)
    elif isinstance(given, list):
        for each in given:
            yield from _names(each, key)
    elif isinstance(given, str):
        if not key.endswith(".$") and not given.startswith("{%"):
            yield given
        elif _NAMING.fullmatch(key.removesuffix(".$")):
            yield CHOSEN
