"""Admission as part of a pipeline: who is told of a free place, and by whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest
from pilaster.aws import (
    AdmissionArgs,
    Code,
    Dispatch,
    FunctionArgs,
    Pipeline,
    PipelineArgs,
    QueueSource,
    Start,
)
from pilaster.flow import Flow, Step, Task

from tests.unit.components.deployment import (
    ACCOUNT,
    REGION,
    UNKNOWN,
    Deployment,
    code_folder,
    deployed,
    place,
)

EU = f"{REGION}:{ACCOUNT}"
MACHINE = f"arn:aws:states:{EU}:stateMachine:pilaster-dev-docs-workflow"
QUEUE = f"arn:aws:sqs:{EU}:pilaster-dev-docs-admission"
FLOW = Flow(start="read", steps={"read": Step(task=Task(function="read"))})


def function(root: Path, **more: Any) -> FunctionArgs:
    return FunctionArgs(
        place=place(code_folder(root)), code=Code(entry_point="lambdas.handler"), **more
    )


def pipeline(root: Path, dispatch: Dispatch | None, *, preview: bool = False) -> Deployment:
    def program() -> None:
        Pipeline(
            "docs",
            PipelineArgs(
                place=place(),
                flow=FLOW,
                functions={"read": function(root)},
                bus_name=pulumi.Output.from_input("the-bus"),
                start=Start(bucket_name="files", prefix="uploads/", function=function(root)),
                dispatch=dispatch,
            ),
        )

    return deployed(program, preview=preview)


@pytest.fixture
def stack(tmp_path: Path) -> Deployment:
    return pipeline(tmp_path, Dispatch(function=function(tmp_path), waits=["job.asks"]))


def test_every_way_a_run_can_end_makes_room(stack: Deployment):
    assert stack.one("EventRule", "docs-admission-ended").document("eventPattern") == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "stateMachineArn": [MACHINE],
            "status": ["ABORTED", "FAILED", "SUCCEEDED", "TIMED_OUT"],
        },
    }


def test_a_run_that_says_on_the_bus_that_it_waits_makes_room(stack: Deployment):
    rule = stack.one("EventRule", "docs-admission-waits")
    assert rule.inputs["eventBusName"] == "the-bus"
    assert rule.document("eventPattern") == {"detail-type": ["job.asks"]}


def test_what_was_not_heard_of_is_looked_for_every_minute(stack: Deployment):
    rule = stack.one("EventRule", "docs-admission-minute")
    assert rule.inputs["scheduleExpression"] == "rate(1 minute)"


def test_all_word_goes_through_one_queue_to_one_function(stack: Deployment):
    targets = {
        each.inputs["rule"]: each.inputs["arn"]
        for each in stack.all("EventTarget")
        if each.name.startswith("docs-admission")
    }
    assert targets == {
        f"pilaster-dev-docs-admission-{part}": QUEUE for part in ("ended", "minute", "waits")
    }
    [source] = [
        each.inputs
        for each in stack.all("EventSourceMapping")
        if each.inputs["eventSourceArn"] == QUEUE
    ]
    assert source["scalingConfig"] == {"maximumConcurrency": 2}


def test_only_the_three_rules_may_fill_the_queue(stack: Deployment):
    policy = stack.one("QueuePolicy", "docs-admission-policy").document("policy")
    allowed = policy["Statement"][0]
    assert allowed["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        f"arn:aws:events:{EU}:rule/pilaster-dev-docs-admission-ended",
        f"arn:aws:events:{EU}:rule/pilaster-dev-docs-admission-minute",
        f"arn:aws:events:{EU}:rule/the-bus/pilaster-dev-docs-admission-waits",
    ]


def test_a_pipeline_whose_runs_never_wait_has_no_rule_for_it(tmp_path: Path):
    stack = pipeline(tmp_path, Dispatch(function=function(tmp_path)))
    rules = {each.name for each in stack.all("EventRule")}
    assert "docs-admission-ended" in rules
    assert "docs-admission-waits" not in rules


def test_a_pipeline_without_admission_makes_nothing_of_it(tmp_path: Path):
    stack = pipeline(tmp_path, None)
    assert [each.name for each in stack.resources if "admission" in each.name] == []


def test_its_permissions_are_known_before_anything_exists(tmp_path: Path):
    dispatch = Dispatch(function=function(tmp_path), waits=["job.asks"])
    stack = pipeline(tmp_path, dispatch, preview=True)
    policies = [
        each.inputs["policy"]
        for each in (*stack.all("QueuePolicy"), *stack.all("RolePolicy"))
        if "admission" in each.name
    ]
    assert len(policies) == 3
    assert all(isinstance(each, str) and UNKNOWN not in each for each in policies)


def test_admission_gives_its_function_the_queue_itself(tmp_path: Path):
    with pytest.raises(ValueError, match="gives its function a queue"):
        AdmissionArgs(
            place=place(),
            state_machine_arn=MACHINE,
            bus_name="the-bus",
            function=function(tmp_path, queue=QueueSource(arn="arn:x")),
        )


def test_seeing_the_runs_of_one_pipeline_is_a_permission_of_its_own():
    grant = Pipeline.list_executions(place(), "docs")
    assert (grant.actions, grant.resources) == (["states:ListExecutions"], [MACHINE])
