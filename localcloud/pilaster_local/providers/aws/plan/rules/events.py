"""EventBridge: buses, their archives, rules and targets.

Sources: EventBridge user guide, "Amazon EventBridge quotas", "Targets", "Input transformation";
API reference, CreateArchive.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import (
    Table,
    arn,
    event_pattern,
    json_text,
    number,
    schedule,
    text,
)
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.values import UNKNOWN

_LONGEST_PATTERN = 4_096
_WITH_ROLE = ("states", "kinesis", "firehose", "ecs", "batch", "ssm", "codebuild", "codepipeline")
"""Targets that EventBridge calls with a role of the rule's; others have policies of their own."""
_BUS = text(
    r"[/.\-_A-Za-z0-9]{1,256}|arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus/[/.\-_A-Za-z0-9]+",
    "a bus's name or ARN",
)


def _rule(inputs: Mapping[str, Any]) -> Said:
    if "scheduleExpression" in inputs:
        bus = inputs.get("eventBusName", "default")
        if bus is not UNKNOWN and bus != "default" and not bus.endswith("event-bus/default"):
            yield "scheduleExpression", "only rules on the default bus have a schedule"
    if not {"eventPattern", "scheduleExpression"} & inputs.keys():
        yield "eventPattern", "a rule needs an eventPattern or a scheduleExpression"
    pattern = inputs.get("eventPattern")
    if isinstance(pattern, str) and len(pattern) > _LONGEST_PATTERN:
        yield "eventPattern", f"{len(pattern):,} characters are too many: {_LONGEST_PATTERN:,}"
    if "isEnabled" in inputs and "state" in inputs:
        yield "isEnabled", "state says it already; leave isEnabled out"


def _target(inputs: Mapping[str, Any]) -> Said:
    given = [name for name in ("input", "inputPath", "inputTransformer") if name in inputs]
    if len(given) > 1:
        yield given[1], f"one of {', '.join(given)}: they exclude each other"
    target = inputs.get("arn")
    if not isinstance(target, str) or target.count(":") < 5:
        return
    service, resource = target.split(":", 5)[2], target.split(":", 5)[5]
    if service in _WITH_ROLE and "roleArn" not in inputs:
        yield "roleArn", f"EventBridge calls {service!r} with a role; name it"
    if service == "sqs" and resource.endswith(".fifo"):
        if not (inputs.get("sqsTarget") or {}).get("messageGroupId"):
            yield "sqsTarget.messageGroupId", "a message to a FIFO queue belongs to a group"
    elif service == "sqs" and "sqsTarget" in inputs:
        yield "sqsTarget", "only messages to a FIFO queue belong to a group"


def _transformer(inputs: Mapping[str, Any]) -> Said:
    transformer = inputs.get("inputTransformer")
    if not isinstance(transformer, Mapping):
        return
    template, known = transformer.get("inputTemplate"), transformer.get("inputPaths") or {}
    if isinstance(template, str) and isinstance(known, Mapping):
        for name in sorted(set(re.findall(r"<([\w-]+)>", template)) - known.keys()):
            yield "inputTransformer.inputTemplate", f"<{name}> is none of its inputPaths"
    for name in known:
        if str(name).startswith("AWS"):
            yield f"inputTransformer.inputPaths.{name}", "names that begin with AWS are its own"


def _path(value: Any):
    if isinstance(value, str) and not re.match(r"\$(\.|\[|$)", value):
        yield f"{value!r} is no path: it starts with '$.'"


def _dead_letters(inputs: Mapping[str, Any]) -> Said:
    letters = inputs.get("deadLetterConfig")
    if isinstance(letters, Mapping) and str(letters.get("arn", "")).endswith(".fifo"):
        yield "deadLetterConfig.arn", "undelivered events go to a standard queue, not a FIFO one"


def _policy_of_bus(inputs: Mapping[str, Any]) -> Said:
    source = inputs.get("eventSourceName")
    if isinstance(source, str) and not re.fullmatch(r"aws\.partner(/[.\-_A-Za-z0-9]+){2,}", source):
        yield "eventSourceName", f"{source!r} is no partner's source: 'aws.partner/…/…'"


def is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


BOUNDS: Mapping[str, Table] = {
    "aws:cloudwatch/eventBus:EventBus": {
        "kmsKeyIdentifier": text(
            r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)/.+|alias/.+|[0-9a-f-]{36}|mrk-.+",
            "a key's ARN, id or alias",
        ),
        "deadLetterConfig.arn": arn("sqs"),
    },
    "aws:cloudwatch/eventArchive:EventArchive": {
        "eventSourceArn": arn("events", resource=r"event-bus/.+"),
        "eventPattern": event_pattern,
        "retentionDays": number(0, 2_147_483_647),
        "description": text(r".*", "a description", most=512),
    },
    "aws:cloudwatch/eventRule:EventRule": {
        "eventBusName": _BUS,
        "eventPattern": event_pattern,
        "scheduleExpression": schedule,
        "roleArn": arn("iam", resource=r"role/.+"),
    },
    "aws:cloudwatch/eventTarget:EventTarget": {
        "arn": arn(),
        "eventBusName": _BUS,
        "rule": text(r"[.\-_A-Za-z0-9]+", "a rule's name", most=64),
        "roleArn": arn("iam", resource=r"role/.+"),
        "input": json_text,
        "inputPath": _path,
        "inputTransformer.inputPaths{}": _path,
        "deadLetterConfig.arn": arn("sqs"),
    },
}

RULES = {
    "aws:cloudwatch/eventBus:EventBus": (_policy_of_bus,),
    "aws:cloudwatch/eventRule:EventRule": (_rule,),
    "aws:cloudwatch/eventTarget:EventTarget": (_target, _transformer, _dead_letters),
}
