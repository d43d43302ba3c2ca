"""What a role is granted stays within what its function, its definition or its target can name."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.support.judging import UNKNOWN, Court, Thing, document

RULE = "aws-spare-resource"
HEAD = "arn:aws:dynamodb:eu-west-2:111111111111:table/"
BUCKET = "arn:aws:s3:::shop-prod-files"
CODE = """
    import os
    import boto3
    FOLDER = "in/"
    UNUSED = "out/"

    def handler(event, context):
        boto3.client("dynamodb").get_item(TableName=os.environ["TABLE"])
        boto3.client("s3").put_object(Bucket=os.environ["FILES"], Key=FOLDER + event["key"])
"""


def role(statement: dict[str, Any], service: str) -> list[Thing]:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return [
        Thing("aws:iam/role:Role", "role", {"name": "r", "assumeRolePolicy": document(trust)}),
        Thing(
            "aws:iam/rolePolicy:RolePolicy",
            "policy",
            {"role": UNKNOWN, "policy": document({"Effect": "Allow", **statement})},
            {"role": ["role"]},
        ),
    ]


def said(things: list[Thing], **more: Any) -> list[str]:
    court = Court(**more)
    return [s.text for s in court.on_stack(things) if s.rule == RULE and s.level == "mandatory"]


def function(
    tmp_path: Path,
    action: str,
    *resources: str,
    code: str = CODE,
    calls: dict[str, list[str]] | None = None,
    **environment: str,
) -> list[str]:
    (tmp_path / "main.py").write_text(dedent(code))
    recorded = tmp_path / "calls.json"
    recorded.write_text(json.dumps({"main.handler": calls or {}}))
    given = {"TABLE": "shop-prod-orders", "FILES": "shop-prod-files", **environment}
    things = [
        *role({"Action": action, "Resource": list(resources)}, "lambda.amazonaws.com"),
        Thing("aws:s3/bucket:Bucket", "files", {"bucket": "shop-prod-files"}),
        Thing(
            "aws:lambda/function:Function",
            "main",
            {
                "name": "shop-prod-main",
                "handler": "main.handler",
                "role": UNKNOWN,
                "environment": {"variables": given},
            },
            {"role": ["role"]},
        ),
    ]
    return said(things, source=str(tmp_path.resolve()), calls=str(recorded))


@pytest.mark.parametrize("name", ["shop-prod-*", "shop-prod-orders*", "shop-prod-users", "*"])
def test_a_table_the_function_is_not_told_of_is_spare(tmp_path: Path, name: str) -> None:
    [message] = function(tmp_path, "dynamodb:GetItem", HEAD + "shop-prod-orders", HEAD + name)
    assert "it allows dynamodb:GetItem on arn:aws:dynamodb:eu-west-2:111111111111:table/" in message


def test_a_table_the_environment_names_is_not(tmp_path: Path) -> None:
    assert function(tmp_path, "dynamodb:GetItem", HEAD + "shop-prod-orders") == []


def test_an_arn_and_an_address_name_what_they_are_made_of(tmp_path: Path) -> None:
    queue = "arn:aws:sqs:eu-west-2:111111111111:letters"
    code = 'import boto3\ndef handler(event, c):\n    boto3.client("sqs").send_message()\n'
    url = "https://sqs.eu-west-2.amazonaws.com/111111111111/letters"
    assert function(tmp_path, "sqs:SendMessage", queue, code=code, QUEUE=url) == []
    assert function(tmp_path, "sqs:SendMessage", queue, code=code, QUEUE=queue) == []
    assert len(function(tmp_path, "sqs:SendMessage", queue, code=code, QUEUE="other")) == 1


@pytest.mark.parametrize("said", ['"shop-prod-orders"', 'f"{event}-prod-orders"'])
def test_a_name_in_the_source_is_one(tmp_path: Path, said: str) -> None:
    code = f'import boto3\ndef handler(event, c):\n    boto3.client("dynamodb").get_item({said})\n'
    grant = HEAD + "shop-prod-orders"
    assert function(tmp_path, "dynamodb:GetItem", grant, code=code, TABLE="") == []
    wide = HEAD + "shop-prod-*"
    assert len(function(tmp_path, "dynamodb:GetItem", wide, code=code, TABLE="")) == 1


def test_a_folder_that_was_never_meant_is_spare_where_keys_were_recorded(tmp_path: Path) -> None:
    calls = {"s3:PutObject": ["arn:aws:s3:::*-files/in/*.pdf"]}
    assert function(tmp_path, "s3:PutObject", f"{BUCKET}/in/*", calls=calls) == []
    for wide in ("*", "out/*", "i*"):
        [message] = function(tmp_path, "s3:PutObject", f"{BUCKET}/{wide}", calls=calls)
        assert "it allows s3:PutObject on arn:aws:s3:::shop-prod-files/" in message


def test_of_keys_nobody_recorded_nothing_is_known(tmp_path: Path) -> None:
    """They may come from an event: a grant on the whole bucket is what such code needs."""
    assert function(tmp_path, "s3:PutObject", f"{BUCKET}/*") == []
    assert len(function(tmp_path, "s3:PutObject", "arn:aws:s3:::shop-*/*")) == 1


PUT = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": True}
QUEUES = "arn:aws:sqs:eu-west-2:111111111111:"


def machine(parameters: dict[str, Any], resource: str) -> list[str]:
    states = {"StartAt": "put", "States": {"put": {**PUT, "Parameters": parameters}}}
    return said(
        [
            *role({"Action": "sqs:SendMessage", "Resource": resource}, "states.amazonaws.com"),
            Thing(
                "aws:sfn/stateMachine:StateMachine",
                "machine",
                {"definition": json.dumps(states), "roleArn": UNKNOWN},
                {"roleArn": ["role"]},
            ),
        ]
    )


def test_a_state_machine_sends_to_the_queue_its_definition_names() -> None:
    told = {"QueueUrl": "https://sqs.eu-west-2.amazonaws.com/111111111111/orders"}
    assert machine(told, QUEUES + "orders") == []
    assert len(machine(told, QUEUES + "orders*")) == 1
    assert len(machine(told, QUEUES + "users")) == 1


WORK = "arn:aws:lambda:eu-west-2:111111111111:function:pack"


@pytest.mark.parametrize(
    "task",
    [
        {"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": WORK}},
        {"Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "pack:live"}},
        {"Resource": WORK},
    ],
)
def test_a_function_s_versions_and_aliases_are_the_function(task: dict[str, Any]) -> None:
    states = {"StartAt": "it", "States": {"it": {"Type": "Task", "End": True, **task}}}
    props = {"definition": json.dumps(states), "roleArn": UNKNOWN}
    made = Thing("aws:sfn/stateMachine:StateMachine", "machine", props, {"roleArn": ["role"]})

    def granted(*resources: str) -> list[str]:
        may = {"Action": "lambda:InvokeFunction", "Resource": [*resources]}
        return said([*role(may, "states.amazonaws.com"), made])

    assert granted(WORK, f"{WORK}:*") == []
    assert granted(WORK) == []
    assert len(granted(f"{WORK}*")) == 1
    assert len(granted(WORK, f"{WORK}ing:*")) == 1


@pytest.mark.parametrize("told", [{"QueueUrl.$": "$.queue"}, {"QueueUrl": "{% $queue %}"}])
def test_a_queue_that_is_chosen_at_run_time_is_one_of_those_that_are_listed(told: Any) -> None:
    assert machine(told, QUEUES + "users") == []
    assert len(machine(told, QUEUES + "shop-*")) == 1


TAKERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "rule": (
        "events.amazonaws.com",
        "aws:cloudwatch/eventTarget:EventTarget",
        {"arn": QUEUES + "orders", "roleArn": UNKNOWN},
    ),
    "schedule": (
        "scheduler.amazonaws.com",
        "aws:scheduler/schedule:Schedule",
        {"target": {"arn": QUEUES + "orders", "roleArn": UNKNOWN}},
    ),
    "any call, on a schedule": (
        "scheduler.amazonaws.com",
        "aws:scheduler/schedule:Schedule",
        {
            "target": {
                "arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
                "input": json.dumps({"QueueUrl": "https://x/111111111111/orders"}),
                "roleArn": UNKNOWN,
            }
        },
    ),
    "pipe": (
        "pipes.amazonaws.com",
        "aws:pipes/pipe:Pipe",
        {"source": QUEUES + "in", "target": QUEUES + "orders", "roleArn": UNKNOWN},
    ),
}


@pytest.mark.parametrize("taker", TAKERS)
def test_a_rule_a_schedule_and_a_pipe_reach_their_target_only(taker: str) -> None:
    service, type_, props = TAKERS[taker]
    needs = {"target" if "target" in props and "source" not in props else "roleArn": ["role"]}

    def judged(action: str, resource: str) -> list[tuple[str, str]]:
        things = [
            *role({"Action": action, "Resource": resource}, service),
            Thing(type_, "taker", props, needs),
        ]
        rules = (RULE, "aws-spare-grant")
        return [
            (s.rule, s.level)
            for s in Court().on_stack(things)
            if s.rule in rules and s.level == "mandatory"
        ]

    assert judged("sqs:SendMessage", QUEUES + "orders") == []
    assert judged("sqs:SendMessage", QUEUES + "ord*") == [(RULE, "mandatory")]
    assert judged("sqs:PurgeQueue", QUEUES + "orders") == [("aws-spare-grant", "mandatory")]
    if taker == "pipe":
        assert judged("sqs:ReceiveMessage", QUEUES + "in") == []
        assert judged("sqs:ReceiveMessage", QUEUES + "orders*") == [(RULE, "mandatory")]
