"""Types without a row in the provider's table that stacks often have.

Sources: SNS API reference, Subscribe, and "Subscription filter policies"; EventBridge Scheduler
user guide, "Schedule types"; RDS API reference, CreateDBInstance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import Table, arn, json_text, number, one_of, text
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.plan.grammars import schedules
from pilaster_local.providers.aws.plan.names import DATABASE

_INSTANCE = "aws:rds/instance:Instance"
_SCHEDULE = "aws:scheduler/schedule:Schedule"
_SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"


def _schedule(value: Any):
    if isinstance(value, str):
        yield from schedules.problems(value, once=True)


def _document(value: Any):
    """JSON; an empty text is none."""
    if value:
        yield from json_text(value)


def _window(inputs: Mapping[str, Any]) -> Said:
    window = inputs.get("flexibleTimeWindow")
    if not isinstance(window, Mapping):
        return
    if window.get("mode") == "FLEXIBLE" and "maximumWindowInMinutes" not in window:
        yield "flexibleTimeWindow.maximumWindowInMinutes", "a FLEXIBLE window says how long it is"
    if window.get("mode") == "OFF" and "maximumWindowInMinutes" in window:
        yield "flexibleTimeWindow.maximumWindowInMinutes", "there is no window: its mode is OFF"


def _stream(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("protocol") == "firehose" and "subscriptionRoleArn" not in inputs:
        yield "subscriptionRoleArn", "SNS writes to a stream with a role; name it"


BOUNDS: Mapping[str, Table] = {
    _SUBSCRIPTION: {
        "protocol": one_of(
            "application", "email", "email-json", "firehose", "http", "https", "lambda", "sms",
            "sqs"),
        "topic": arn("sns"),
        "filterPolicy": _document,
        "filterPolicyScope": one_of("MessageAttributes", "MessageBody"),
        "deliveryPolicy": json_text,
        "redrivePolicy": json_text,
    },
    _SCHEDULE: {
        "name": text(r"[\w.-]+", "a name: letters, digits, '_', '-' and '.'", most=64),
        "scheduleExpression": _schedule,
        "state": one_of("ENABLED", "DISABLED"),
        "flexibleTimeWindow.mode": one_of("OFF", "FLEXIBLE"),
        "flexibleTimeWindow.maximumWindowInMinutes": number(1, 1_440),
        "target.arn": arn(),
        "target.roleArn": arn("iam", resource=r"role/.+"),
        "target.retryPolicy.maximumRetryAttempts": number(0, 185),
        "target.retryPolicy.maximumEventAgeInSeconds": number(60, 86_400),
    },
    _INSTANCE: {
        "identifier": DATABASE,
        "instanceClass": text(r"db(\.[a-z0-9-]+)+", "a class such as 'db.t4g.micro'"),
        "backupRetentionPeriod": number(0, 35),
        "monitoringInterval": number(0, 60),
    },
}  # fmt: skip

RULES = {_SCHEDULE: (_window,), _SUBSCRIPTION: (_stream,)}
