"""Events said again, messages given back, and originals where they belong, in the whole system."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pilaster_cli.api import Api
from pilaster_local.services import health
from websockets.sync.client import connect

from tests.support.deployed import SAMPLES, Deployed
from tests.support.local_cloud import eventually
from tests.support.patient import http

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

PDF = SAMPLES / "pupil.pdf"
SECONDS = 60
AGAIN, RECORDED_BEFORE = "told already", "event was recorded before"


@pytest.fixture(scope="module")
def anna(system: Deployed) -> Api:
    return system.user()


def finished(api: Api, file: Path) -> dict[str, Any]:
    return api.wait(api.upload(file), timeout_seconds=SECONDS, seen=lambda _: None)


def keys(system: Deployed, bucket: str, word: str = "") -> dict[str, Any]:
    """What lies in a bucket, and since when; and what lay there."""
    pages = system.client("s3").get_paginator("list_object_versions")
    found = pages.paginate(Bucket=system.outputs[bucket])
    return {
        f"{each['Key']} {each['VersionId']}": each["LastModified"]
        for page in found
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        if word in each["Key"]
    }


def lines(system: Deployed, function: str, message: str, document: str) -> int:
    """How often a function said so of a document."""
    found = system.client("logs").get_paginator("filter_log_events")
    pages = found.paginate(logGroupName=f"/aws/lambda/pilaster-local-documents-{function}")
    said = [each["message"] for page in pages for each in page["events"]]
    return sum(f'"{message}"' in line and document in line for line in said)


def mails(system: Deployed, *documents: str) -> int:
    """Letters about these: others' may still come, which a mailbox that was shut had refused."""
    port = int(system.status["endpoint"].rpartition(":")[2])
    letters = (health.ask(port, "/_pilaster/mailbox") or {})["messages"]
    return sum(any(each in letter["body"] for each in documents) for letter in letters)


def test_a_replay_sends_and_writes_nothing_twice_and_restores_what_was_lost(
    system: Deployed, anna: Api
):
    with connect(anna.ticket(), proxy=None, open_timeout=30) as socket:
        kept, lost = finished(anna, PDF), finished(anna, PDF)
        for document in (kept, lost):
            eventually(lambda d=document: lines(system, "record", "event recorded", d["id"]), 30)
            for told in ("tell", "write"):
                eventually(lambda d=document, t=told: lines(system, t, "told", d["id"]), 30)
        heard: set[str] = set()
        while not {kept["id"], lost["id"]} <= heard:
            message = json.loads(socket.recv(timeout=30))
            if message["type"] == "job.completed":
                heard.add(message["document"])
        records = keys(system, "records_bucket")
        s3 = system.client("s3")
        (gone,) = [
            key
            for key in (each.partition(" ")[0] for each in records)
            if lost["id"]
            in s3.get_object(Bucket=system.outputs["records_bucket"], Key=key)["Body"]
            .read()
            .decode()
        ]
        s3.delete_object(Bucket=system.outputs["records_bucket"], Key=gone)
        before = {name: value for name, value in records.items() if not name.startswith(gone)}
        letters = mails(system, kept["id"], lost["id"])
        assert letters == 2
        files = keys(system, "documents_bucket", kept["id"])

        ran = system.pilaster("events", "replay", "--since", "1d")
        assert ran.code == 0, ran.err

        for document in (kept, lost):
            for told in ("tell", "write"):
                eventually(lambda d=document, t=told: lines(system, t, AGAIN, d["id"]), 30)
        eventually(lambda: lines(system, "record", RECORDED_BEFORE, kept["id"]), 30)
        with pytest.raises(TimeoutError):
            socket.recv(timeout=3)
    after = keys(system, "records_bucket")
    restored = {name for name in after if name.startswith(gone)}
    assert len(restored) == 1, "the replay brought back what was lost"
    assert {name: after[name] for name in after.keys() - restored} == before
    assert mails(system, kept["id"], lost["id"]) == letters
    assert keys(system, "documents_bucket", kept["id"]) == files
    assert [anna.document(each["id"]) for each in (kept, lost)] == [kept, lost]
    assert [each["id"] for each in anna.documents()].count(kept["id"]) == 1


@contextmanager
def broken(system: Deployed) -> Iterator[None]:
    """Nobody may write records; and what fails comes again at once, not after two minutes."""
    s3, sqs = system.client("s3"), system.client("sqs")
    bucket, queue = system.outputs["records_bucket"], system.outputs["record_queue_url"]
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    hidden = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/events/*",
    }
    statements = [*json.loads(policy)["Statement"], deny]
    denying = json.dumps({"Version": "2012-10-17", "Statement": statements})
    s3.put_bucket_policy(Bucket=bucket, Policy=denying)
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=hidden["Attributes"])


def aside(system: Deployed) -> int:
    """How many messages for `record` were put aside."""
    listed = system.pilaster("events", "redrive").out.splitlines()
    (count,) = [line.split()[0] for line in listed if line.endswith("documents-record")]
    return int(count)


def test_what_was_put_aside_is_done_after_what_failed_is_mended(system: Deployed):
    document = str(uuid.uuid4())
    said = {
        "id": str(uuid.uuid4()),
        "at": "2026-11-20T12:00:00Z",
        "document": document,
        "user": str(uuid.uuid4()),
        "version": "v1",
        "status": "completed",
        "route": ["text"],
        "seconds": 1.5,
    }
    entry = {
        "EventBusName": system.outputs["event_bus_name"],
        "Source": "pilaster.documents",
        "DetailType": "job.completed",
        "Detail": json.dumps(said),
    }
    with broken(system):
        system.client("events").put_events(Entries=[entry])
        eventually(lambda: aside(system), SECONDS)
    assert not keys(system, "records_bucket", said["id"])
    ran = system.pilaster("events", "redrive", "record")
    assert ran.code == 0, ran.err
    assert "1 of 1 messages went back" in ran.err
    eventually(lambda: keys(system, "records_bucket", said["id"]), 30)
    assert aside(system) == 0


def test_the_original_of_a_completed_document_is_in_the_archive(system: Deployed, anna: Api):
    document = finished(anna, PDF)
    assert document["status"] == "completed"
    year, month = document["created_at"][:4], document["created_at"][5:7]
    key = f"archive/{year}/{month}/{document['id']}.pdf"
    lie = [name.partition(" ")[0] for name in keys(system, "documents_bucket", document["id"])]
    archived, place = [name for name in lie if name.endswith(".pdf")]
    assert archived == key
    assert place.startswith("uploads/"), "and no version of it elsewhere"
    got = system.client("s3").get_object(Bucket=system.outputs["documents_bucket"], Key=key)
    assert (got["Body"].read(), got["ContentType"]) == (PDF.read_bytes(), "application/pdf")
    left = system.client("s3").head_object(Bucket=system.outputs["documents_bucket"], Key=place)
    assert left["ContentLength"] == 0, "nothing but what keeps the link from being used again"


def test_a_link_is_good_for_no_second_upload_after_the_answer(system: Deployed, anna: Api):
    data = PDF.read_bytes()
    announced = anna.announce("mine.pdf", "application/pdf", len(data))
    link = announced["upload"]

    def put() -> int:
        return http.put(link["url"], content=data, headers=link["headers"]).status_code

    assert put() == 200
    document = anna.wait(announced["id"], timeout_seconds=SECONDS, seen=lambda _: None)
    # `save` moves the original after the books were settled.
    eventually(
        lambda: keys(system, "documents_bucket", f"archive/{month(document)}/{document['id']}")
    )
    states, machine = system.client("stepfunctions"), system.outputs["state_machine_arn"]

    def runs() -> list[str]:
        found = states.list_executions(stateMachineArn=machine)["executions"]
        return [each["status"] for each in found if document["id"] in each["name"]]

    eventually(lambda: runs() == ["SUCCEEDED"])
    assert put() == 412
    time.sleep(2)
    assert runs() == ["SUCCEEDED"], "what is left in the upload's place starts nothing"


def month(document: dict[str, Any]) -> str:
    return document["created_at"][:7].replace("-", "/")


def is_cached(document: dict[str, Any]) -> bool:
    return any(step.get("cached") for step in document["steps"])


def test_what_was_read_is_forgotten_with_its_document(system: Deployed, anna: Api, tmp_path: Path):
    file = tmp_path / "mine.pdf"
    file.write_bytes(PDF.read_bytes() + f"\n%{uuid.uuid4()}\n".encode())
    first = finished(anna, file)
    assert (first["status"], is_cached(first)) == ("completed", False)
    assert is_cached(finished(anna, file)), "the same bytes are not read twice"
    anna.delete(first["id"])
    eventually(lambda: not keys(system, "documents_bucket", first["id"]), SECONDS)
    assert not is_cached(finished(anna, file)), "nothing of it is left, also by its content"


def test_a_run_that_waits_for_a_person_is_stopped_by_a_deletion(system: Deployed, anna: Api):
    document = anna.upload(SAMPLES / "teacher.pdf")

    def status() -> str:
        return anna.document(document)["status"]

    eventually(lambda: status() == "needs_review", SECONDS)
    states, machine = system.client("stepfunctions"), system.outputs["state_machine_arn"]

    def runs() -> list[str]:
        found = states.list_executions(stateMachineArn=machine)["executions"]
        return [each["status"] for each in found if document in each["name"]]

    assert runs() == ["RUNNING"]
    anna.delete(document)
    eventually(lambda: runs() == ["ABORTED"], 30)
    eventually(lambda: not keys(system, "documents_bucket", document), SECONDS)
    time.sleep(2)
    assert not keys(system, "documents_bucket", document), "whoever settles it writes nothing again"
