"""Lifecycle rules and notifications: inputs that S3 spells differently at depth."""

from __future__ import annotations

from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.values import UNKNOWN, Plain

_TARGETS = {
    "lambdaFunctions": ("lambdaFunctionConfigurations", "lambdaFunctionArn"),
    "queues": ("queueConfigurations", "queueArn"),
    "topics": ("topicConfigurations", "topicArn"),
}


class Lifecycle(Kind):
    """A rule without a filter is one for the whole bucket, and S3 wants that said."""

    def translate(self, inputs: Plain) -> Plain:
        rules = inputs.get("rules")
        if not isinstance(rules, list):
            return inputs
        return {**inputs, "rules": [_lifecycle_rule(rule) for rule in rules]}

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        found = super().describe(scope, thing_id, state)
        return found if found and found.get("Rules") else None


def _lifecycle_rule(rule: Any) -> Any:
    if rule is UNKNOWN:
        return rule
    if "filter" in rule or "prefix" in rule:
        return rule
    return {**rule, "filter": {"prefix": ""}}


class Notification(Kind):
    """All notifications of a bucket are one document, `eventbridge` included."""

    def translate(self, inputs: Plain) -> Plain:
        said = {name: value for name, value in inputs.items() if name not in _TARGETS}
        if (bridge := said.pop("eventbridge", None)) is UNKNOWN:
            said["eventBridgeConfiguration"] = UNKNOWN
        elif bridge:
            said["eventBridgeConfiguration"] = {}
        for name, (listed, _) in _TARGETS.items():
            if name in inputs:
                entries = inputs[name]
                said[listed] = (
                    [_notified(entry) for entry in entries]
                    if isinstance(entries, list)
                    else entries
                )
        return said

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        found = super().describe(scope, thing_id, state)
        settled = {name for name in found or {} if name != "ResponseMetadata"}
        return found if settled else None

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        silent = {"Bucket": thing_id, "NotificationConfiguration": {}}
        self.forget(scope, "PutBucketNotificationConfiguration", silent)


def _notified(entry: Any) -> Any:
    if entry is UNKNOWN:
        return entry
    rest = {name: value for name, value in entry.items() if not name.startswith("filter")}
    rules = [
        {"name": part, "value": entry[f"filter{part.title()}"]}
        for part in ("prefix", "suffix")
        if entry.get(f"filter{part.title()}")
    ]
    return {**rest, "filter": {"key": {"filterRules": rules}}} if rules else rest
