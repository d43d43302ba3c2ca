"""A function called by the clock: by its own rule, and by nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
from pilaster.aws import Code, FunctionArgs, QueueSource, Schedule, ScheduleArgs

from tests.unit.components.deployment import ACCOUNT, REGION, code_folder, deployed, place


def function(root: Path, **more: object) -> FunctionArgs:
    code = Code(entry_point="lambdas.handler")
    return FunctionArgs(place=place(code_folder(root)), code=code, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes", "rate"), [(1, "rate(1 minute)"), (5, "rate(5 minutes)"), (60, "rate(60 minutes)")]
)
def test_the_clock_calls_the_function_by_a_rule_that_alone_may(
    tmp_path: Path, minutes: int, rate: str
):
    args = ScheduleArgs(place=place(), function=function(tmp_path), every_minutes=minutes)
    stack = deployed(lambda: Schedule("watch", args))
    rule = stack.one("EventRule").inputs
    assert rule["scheduleExpression"] == rate
    assert "eventPattern" not in rule
    target = stack.one("EventTarget").inputs
    assert (target["rule"], target["arn"]) == (
        "pilaster-dev-watch",
        f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pilaster-dev-watch",
    )
    permission = stack.one("Permission").inputs
    assert permission["principal"] == "events.amazonaws.com"
    assert permission["sourceArn"] == f"arn:aws:events:{REGION}:{ACCOUNT}:rule/pilaster-dev-watch"


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_a_pause_the_clock_cannot_keep_is_refused(tmp_path: Path, minutes: int):
    with pytest.raises(ValueError, match=f"every_minutes {minutes} is not within 1 and 1440"):
        ScheduleArgs(place=place(), function=function(tmp_path), every_minutes=minutes)


def test_a_function_with_a_queue_is_not_called_by_the_clock(tmp_path: Path):
    polled = function(tmp_path, queue=QueueSource(arn="arn:aws:sqs:eu-central-1:1:q"))
    with pytest.raises(ValueError, match="has no queue"):
        ScheduleArgs(place=place(), function=polled, every_minutes=5)
