"""Who listens: to a bus by a queue, to a table by its stream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pilaster.aws import (
    Bus,
    BusArgs,
    Code,
    Consumer,
    ConsumerArgs,
    Function,
    FunctionArgs,
    Queue,
    QueueArgs,
    StreamSource,
    Table,
    TableArgs,
)

from tests.unit.components.deployment import (
    ACCOUNT,
    REGION,
    Deployment,
    code_folder,
    deployed,
    place,
)

EU = f"{REGION}:{ACCOUNT}"


def function(root: Path, **more: Any) -> FunctionArgs:
    return FunctionArgs(
        place=place(code_folder(root)), code=Code(entry_point="lambdas.handler"), **more
    )


def consumer(root: Path, **more: Any) -> Deployment:
    given: dict[str, Any] = {
        "source": "shop",
        "types": ["job.completed"],
        "function": function(root, timeout_seconds=20),
        **more,
    }
    return deployed(lambda: Consumer("tell", ConsumerArgs(place=place(), **given)))


def senders(stack: Deployment) -> list[str]:
    policy = next(
        each.inputs["policy"] for each in stack.all("QueuePolicy") if each.name == "tell-policy"
    )
    (allowed,) = [s for s in json.loads(policy)["Statement"] if s["Effect"] == "Allow"]
    return allowed["Condition"]["ArnEquals"]["aws:SourceArn"]


def test_an_event_of_a_bus_of_ours_goes_by_a_queue_only_its_rule_may_fill(tmp_path: Path):
    stack = consumer(tmp_path, bus_name="shop-dev-bus")
    rule = stack.one("EventRule").inputs
    assert rule["eventBusName"] == "shop-dev-bus"
    assert json.loads(rule["eventPattern"]) == {
        "source": ["shop"],
        "detail-type": ["job.completed"],
    }
    assert senders(stack) == [f"arn:aws:events:{EU}:rule/shop-dev-bus/{rule['name']}"]
    assert stack.one("EventTarget").inputs["arn"].startswith(f"arn:aws:sqs:{EU}:")


def test_a_rule_of_the_default_bus_is_named_without_it(tmp_path: Path):
    stack = consumer(tmp_path, source="aws.states", detail={"status": ["ABORTED"]})
    rule = stack.one("EventRule").inputs
    assert senders(stack) == [f"arn:aws:events:{EU}:rule/{rule['name']}"]
    assert json.loads(rule["eventPattern"])["detail"] == {"status": ["ABORTED"]}


def test_what_a_consumer_cannot_do_is_put_aside_and_not_lost(tmp_path: Path):
    stack = consumer(tmp_path, delay_seconds=30)
    queue = next(each.inputs for each in stack.all("Queue") if each.name == "tell-queue")
    assert queue["delaySeconds"] == 30
    assert queue["visibilityTimeoutSeconds"] == 6 * 20
    assert "dead-letters" in json.loads(queue["redrivePolicy"])["deadLetterTargetArn"]


def test_a_consumer_of_nothing_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="names no event"):
        consumer(tmp_path, types=[])


def test_a_queue_waits_no_longer_than_sqs_does():
    with pytest.raises(ValueError, match="delay_seconds 901"):
        QueueArgs(place=place(), consumer_timeout_seconds=1, delay_seconds=901)


def test_a_function_reads_the_stream_it_follows_and_no_other(tmp_path: Path):
    def program() -> None:
        table = Table("outbox", TableArgs(place=place(), partition_key="id", told=True))
        aside = Queue("aside", QueueArgs(place=place(), consumer_timeout_seconds=1))
        source = StreamSource(
            arn=table.stream_arn, table_arn=table.arn, failures_arn=aside.dead_letter_arn
        )
        Function("publish", function(tmp_path, stream=source))

    stack = deployed(program)
    mapping = stack.one("EventSourceMapping").inputs
    assert mapping["startingPosition"] == "TRIM_HORIZON"
    assert mapping["bisectBatchOnFunctionError"] is True
    table = stack.one("Table", "outbox-table").inputs
    assert (table["streamEnabled"], table["streamViewType"]) == (True, "NEW_IMAGE")
    policy = json.loads(stack.one("RolePolicy").inputs["policy"])
    arn = f"arn:aws:dynamodb:{EU}:table/{table['name']}/stream/*"
    (reads,) = [s for s in policy["Statement"] if s["Resource"] == [arn]]
    assert reads["Action"] == [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    ]
    (lists,) = [s for s in policy["Statement"] if "dynamodb:ListStreams" in s["Action"]]
    assert lists["Resource"] == ["*"], "AWS knows no resource for it"
    dead = mapping["destinationConfig"]["onFailure"]["destinationArn"]
    assert {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [dead]} in policy[
        "Statement"
    ]


def test_a_bus_keeps_what_was_said_where_it_is_asked_to():
    kept = deployed(lambda: Bus("bus", BusArgs(place=place(), archive_days=30)))
    assert kept.one("EventArchive").inputs["retentionDays"] == 30
    assert deployed(lambda: Bus("bus", BusArgs(place=place()))).all("EventArchive") == []
    with pytest.raises(ValueError, match="archive_days 0"):
        BusArgs(place=place(), archive_days=0)
