"""A deleted document is gone at once for its owner, and soon for everybody: nothing of it stays."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from pilaster_cli.api import Api, Problem

from tests.support.deployed import SAMPLES, Deployed
from tests.support.function_processes import held
from tests.support.local_cloud import eventually
from tests.support.patient import http
from tests.support.walks import names_of

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

GOOD = SAMPLES / "list.png"
SECONDS = 60
"""Twenty seconds' delay, a queue, and a cold start on a busy machine."""


@pytest.fixture(scope="module")
def anna(system: Deployed) -> Api:
    return system.user()


def versions(system: Deployed, document: str) -> list[str]:
    """Everything in the bucket that is, or was, of that document."""
    s3 = system.client("s3")
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=system.outputs["documents_bucket"]
    )
    return [
        each["Key"]
        for page in pages
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        if document in each["Key"]
    ]


def runs(system: Deployed, document: str) -> list[str]:
    """The statuses of the document's runs."""
    found = system.client("stepfunctions").list_executions(
        stateMachineArn=system.outputs["state_machine_arn"]
    )
    return [each["status"] for each in found["executions"] if document in each["name"]]


def is_gone(api: Api, document: str) -> bool:
    with pytest.raises(Problem) as refused:
        api.document(document)
    return refused.value.status == 404


def finished(api: Api, file: Path) -> dict[str, Any]:
    return api.wait(api.upload(file), timeout_seconds=60, seen=lambda _: None)


def test_of_a_deleted_document_nothing_is_left(system: Deployed, anna: Api):
    kept, document = finished(anna, GOOD)["id"], finished(anna, GOOD)["id"]
    assert versions(system, document)
    anna.delete(document)
    assert is_gone(anna, document)
    assert document not in [each["id"] for each in anna.documents()]
    with pytest.raises(Problem) as again:
        anna.delete(document)
    assert again.value.status == 404
    eventually(lambda: not versions(system, document), SECONDS)
    assert versions(system, kept)
    assert anna.document(kept)["status"] == "completed"


def test_the_run_of_a_deleted_document_ends_and_what_it_was_writing_goes_too(
    system: Deployed, anna: Api, tmp_path: Path
):
    """All goes as the run ends, and once more when whatever it had called has ended: what comes
    between the two lies there meanwhile. The run is held in a step, so as not to be over before."""
    first, second = (fresh(tmp_path / name) for name in ("first.png", "second.png"))
    finished(anna, first)
    with held(system, f"{names_of(system)}interpret"):
        document = anna.upload(second)
        eventually(lambda: "interpret" in entered(system, document), SECONDS)
        anna.delete(document)
        assert is_gone(anna, document)
        eventually(lambda: runs(system, document) == ["ABORTED"], SECONDS)
        # As a function does that was called before and is cut off from its run.
        system.client("s3").put_object(
            Bucket=system.outputs["documents_bucket"], Key=f"work/{document}/late.json", Body=b"{}"
        )
        eventually(lambda: erased(system, document), SECONDS)
        assert versions(system, document) == []
    assert is_gone(anna, document)


def fresh(file: Path) -> Path:
    """A picture nobody has read yet: one that was would be answered from the cache."""
    file.write_bytes((SAMPLES / "demo.png").read_bytes() + os.urandom(8))
    return file


def entered(system: Deployed, document: str) -> list[str]:
    """The states the document's runs have come to."""
    states, machine = system.client("stepfunctions"), system.outputs["state_machine_arn"]
    return [
        event["stateEnteredEventDetails"]["name"]
        for each in states.list_executions(stateMachineArn=machine)["executions"]
        if document in each["name"]
        for event in states.get_execution_history(executionArn=each["executionArn"])["events"]
        if "stateEnteredEventDetails" in event
    ]


def erased(system: Deployed, document: str) -> bool:
    """Whether the last of it was erased, by the log of who does that."""
    found = system.client("logs").get_paginator("filter_log_events")
    pages = found.paginate(logGroupName="/aws/lambda/pilaster-local-documents-erase")
    said = (each["message"] for page in pages for each in page["events"])
    return any('"document erased"' in line and document in line for line in said)


def test_what_arrives_after_the_deletion_leaves_nothing(system: Deployed, anna: Api):
    data = GOOD.read_bytes()
    made = anna.announce(GOOD.name, "image/png", len(data))
    anna.delete(made["id"])
    target = made["upload"]
    sent = http.put(target["url"], headers=target["headers"], content=data)
    assert sent.status_code == 200
    eventually(lambda: runs(system, made["id"]), 30)
    eventually(lambda: "RUNNING" not in runs(system, made["id"]), 60)
    eventually(lambda: not versions(system, made["id"]), SECONDS)
    assert is_gone(anna, made["id"])


def test_the_outbox_and_its_queues_are_empty_afterwards(system: Deployed, anna: Api):
    document = anna.announce(GOOD.name, "image/png", 10)["id"]
    anna.delete(document)
    table = system.outputs["outbox_table"]
    dynamodb, sqs = system.client("dynamodb"), system.client("sqs")
    eventually(lambda: dynamodb.scan(TableName=table)["Count"] == 0, 30)
    for name in ("unsaid_queue_url", "unsaid_dead_letter_url", "erase_dead_letter_url"):
        assert not sqs.receive_message(QueueUrl=system.outputs[name]).get("Messages"), name
