"""Who is worked on when more come than may be at once: none lost, none doubled, all in turn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from benchmarks.throughput import deploy, faults, limited, send
from tests.support.deployed import SAMPLES, Deployed, copy
from tests.support.local_cloud import eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

AT_ONCE = 4


def test_the_same_notice_five_times_is_one_run(system: Deployed) -> None:
    """Each event may come again, in any order, and after the run has ended."""
    api = system.user()
    document = api.upload(SAMPLES / "pupil.pdf")
    assert api.wait(document, timeout_seconds=120, seen=lambda _: None)["status"] == "completed"
    bucket = system.outputs["documents_bucket"]
    found = system.client("s3").list_objects_v2(Bucket=bucket, Prefix="uploads/")["Contents"]
    key = next(each["Key"] for each in found if document in each["Key"])
    states, machine = system.client("stepfunctions"), system.outputs["state_machine_arn"]
    runs = [
        each["name"]
        for each in states.list_executions(stateMachineArn=machine)["executions"]
        if each["name"].startswith(document)
    ]
    assert len(runs) == 1
    sqs = system.client("sqs")
    queue = next(
        each for each in sqs.list_queues()["QueueUrls"] if each.endswith("pipeline-uploads")
    )
    tell = {
        "version": "0",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "detail": {
            "bucket": {"name": bucket},
            "object": {"key": key, "size": 1, **_told(runs[0].removeprefix(f"{document}-"))},
        },
    }
    for _ in range(5):
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(tell))
    eventually(lambda: _empty(sqs, queue), 60)
    again = states.list_executions(stateMachineArn=machine)["executions"]
    assert [each["name"] for each in again if each["name"].startswith(document)] == runs
    table = next(
        each
        for each in system.client("dynamodb").list_tables()["TableNames"]
        if each.endswith("admission")
    )
    waiting = system.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="part = :w",
        ExpressionAttributeValues={":w": {"S": "waiting"}},
    )
    assert waiting["Items"] == []


def _told(version: str) -> dict[str, str]:
    """The upload's version as S3 tells it: a version id, or a sequencer and an entity tag."""
    sequencer, dash, tag = version.partition("-")
    return {"sequencer": sequencer, "etag": tag} if dash else {"version-id": version}


def _empty(sqs: object, queue: str) -> bool:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]  # type: ignore[attr-defined]
    return all(told[name] == "0" for name in names)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A system of its own, where few may be worked on at once."""
    deployed = copy(tmp_path_factory.mktemp("small"))
    limited(deployed, AT_ONCE)
    try:
        deploy(deployed)
        yield deployed
    finally:
        assert deployed.pilaster("down", "--purge").code == 0


@pytest.mark.long
def test_of_five_users_with_twenty_each_none_is_more_than_twice_as_slow(small: Deployed) -> None:
    outcome = send(small, [20] * 5)
    assert faults(outcome, AT_ONCE) == []
    assert outcome.documents == 100
    assert max(outcome.waits) <= 2 * min(outcome.waits), outcome.waits


@pytest.mark.long
def test_one_document_is_not_behind_the_ninety_five_of_another(small: Deployed) -> None:
    outcome = send(small, [95, 1])
    assert faults(outcome, AT_ONCE) == []
    place = [user for _, user in outcome.order].index(1)
    assert place < 95 / 2, f"it was answered as number {place + 1}"
