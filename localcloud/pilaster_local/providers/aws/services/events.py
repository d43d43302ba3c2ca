"""EventBridge: buses, rules, targets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws import shapes
from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.models import input_shape
from pilaster_local.providers.aws.rows import Failures, Named, Row
from pilaster_local.providers.aws.values import UNKNOWN, Plain

_DEFAULT_BUS = "default"
_TARGET_NAMES = {
    "targetId": "Id",
    "inputTransformer.inputPaths": "InputPathsMap",
    "runCommandTargets": "-",
    "redshiftTarget": "RedshiftDataParameters",
    "kinesisTarget": "KinesisParameters",
    "sqsTarget": "SqsParameters",
    "httpTarget": "HttpParameters",
    "appsyncTarget": "AppSyncParameters",
    "appsyncTarget.graphqlOperation": "GraphQLOperation",
}
_TARGET_PLACE = {"rule", "eventBusName", "forceDestroy", "region", "__defaults"}


class Rule(Kind):
    """Its state is one of two inputs, `state` or the older `isEnabled`."""

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        return {**super().creation(scope, inputs), "State": _state(inputs)}

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        # PutRule replaces the rule as a whole; a rule without its tags keeps them.
        if changed - {"tags", "tagsAll"}:
            parameters = {**self.parameters(self.row.update, inputs), "State": _state(inputs)}
            scope.call("events", "PutRule", parameters)
        super().update(scope, thing_id, state, inputs, changed & {"tags", "tagsAll"})

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        if state.get("forceDestroy"):
            place = {"Rule": state["name"], "EventBusName": state.get("eventBusName", _DEFAULT_BUS)}
            try:
                targets = scope.call("events", "ListTargetsByRule", place)["Targets"]
            except ServiceError as error:
                if error.is_gone:
                    return
                raise
            if targets:
                ids = {"Ids": [target["Id"] for target in targets]}
                self.forget(scope, "RemoveTargets", {**place, **ids})
        super().delete(scope, thing_id, state)


def _state(inputs: Plain) -> str:
    if "state" in inputs:
        return inputs["state"]
    return "ENABLED" if inputs.get("isEnabled", True) else "DISABLED"


class Target(Kind):
    """One entry in the list a rule has; the calls take and give lists."""

    def claims(self, inputs: Plain) -> tuple[set[str], set[str]]:
        match = shapes.match(_target_shape(), _of_target(inputs), _TARGET_NAMES)
        return match.claimed | _TARGET_PLACE, match.lost

    def create(self, scope: Scope, inputs: Plain) -> str:
        self._put(scope, inputs)
        return f"{inputs['eventBusName']}-{inputs['rule']}-{inputs['targetId']}"

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        """Nothing: a target is one call."""

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        self._put(scope, inputs)

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        found = f"{inputs['eventBusName']}-{inputs['rule']}-{inputs['targetId']}"
        return found if self.describe(scope, found, inputs) is not None else None

    def _put(self, scope: Scope, inputs: Plain) -> None:
        target = shapes.match(_target_shape(), _of_target(inputs), _TARGET_NAMES).parameters
        place = {"Rule": inputs["rule"], "EventBusName": inputs["eventBusName"]}
        answer = scope.call("events", "PutTargets", {**place, "Targets": [target]})
        for failed in answer.get("FailedEntries", []):
            raise ServiceError(
                "events", "PutTargets", failed.get("ErrorCode", ""), failed.get("ErrorMessage", "")
            )


def _target_shape() -> Any:
    return input_shape("events", "PutTargets").members["Targets"].member


def _of_target(inputs: Plain) -> Plain:
    return {name: value for name, value in inputs.items() if name not in _TARGET_PLACE}


def _pattern(inputs: Mapping[str, Any]) -> Failures:
    if not {"eventPattern", "scheduleExpression"} & inputs.keys():
        yield "eventPattern", "a rule needs an eventPattern or a scheduleExpression"
    text = inputs.get("eventPattern", UNKNOWN)
    if isinstance(text, str):
        try:
            is_pattern = isinstance(json.loads(text), dict)
        except ValueError:
            is_pattern = False
        if not is_pattern:
            yield "eventPattern", "an event pattern is a JSON object"


# fmt: off
TYPES = {
    "aws:cloudwatch/eventArchive:EventArchive": Row(
        service="events", create="CreateArchive", read="DescribeArchive", update="UpdateArchive",
        delete="DeleteArchive", id="{name}", key="ArchiveName={id}", rename={"name": "ArchiveName"},
        replace="eventSourceArn", outputs="arn=ArchiveArn", documents="eventPattern",
        named=Named(limit=48, prefix=""), required="eventSourceArn",
        unset={"retentionDays": 0, "description": ""},
    ),
    "aws:cloudwatch/eventBus:EventBus": Row(
        service="events", create="CreateEventBus", read="DescribeEventBus",
        update="UpdateEventBus", delete="DeleteEventBus", id="{name}", key="Name={id}",
        replace="eventSourceName", outputs="arn=Arn", named=Named(limit=256, prefix=""),
        tagged=True,
    ),
    "aws:cloudwatch/eventRule:EventRule": Row(
        service="events", create="PutRule", read="DescribeRule", update="PutRule",
        delete="DeleteRule", id="{eventBusName}/{name}",
        key="Name={name} EventBusName={eventBusName}",
        replace="eventBusName", aside="forceDestroy isEnabled", outputs="arn=Arn state=State",
        defaults={"eventBusName": _DEFAULT_BUS}, named=Named(limit=64),
        identity="eventBusName name",
        documents="eventPattern", tagged=True, kind=Rule, checks=(_pattern,),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Row(
        service="events", create="PutTargets", read="ListTargetsByRule", delete="RemoveTargets",
        id="{targetId}", key="Rule={rule} EventBusName={eventBusName} Ids=[{targetId}]",
        at="Targets[?Id=='{targetId}'] | [0]", replace="rule eventBusName",
        named=Named(limit=64, property="targetId", prefix=""), required="arn rule",
        defaults={"eventBusName": _DEFAULT_BUS}, identity="eventBusName rule targetId",
        documents="input", kind=Target,
    ),
}
