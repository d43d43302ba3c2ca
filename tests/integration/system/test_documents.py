"""Documents through the deployed system, as its users send them."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from pilaster_cli.api import Api, Problem

from samples.generator.bad import BAD_NAMES, bad_files
from samples.score import score
from tests.support.deployed import SAMPLES, Deployed
from tests.support.local_cloud import eventually
from tests.support.patient import http

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

GOOD = SAMPLES / "list.png"


@pytest.fixture(scope="module")
def alice(system: Deployed) -> Api:
    return system.user()


@pytest.fixture(scope="module")
def bob(system: Deployed) -> Api:
    return system.user()


def sent(api: Api, file: Path) -> dict[str, Any]:
    return api.wait(api.upload(file), timeout_seconds=60, seen=lambda _: None)


def objects(system: Deployed) -> list[str]:
    """Keys of what holds anything: something empty keeps the place of an answered upload."""
    pages = system.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=system.outputs["documents_bucket"])
    return [each["Key"] for page in found for each in page.get("Contents", ()) if each["Size"]]


@pytest.mark.parametrize(("name", "route"), [("pupil.pdf", "text"), ("demo.png", "ocr")])
def test_a_timetable_comes_back_as_its_truth(alice: Api, name: str, route: str) -> None:
    document = sent(alice, SAMPLES / name)
    truth = json.loads((SAMPLES / name).with_suffix(".truth.json").read_text())
    assert document["status"] == "completed", document["reason"]
    assert document["route"] == [route]
    assert document["timetable"]["title"] == truth["title"]
    assert score(truth, document["timetable"]["blocks"]).exact


def test_a_letter_is_never_completed(alice: Api) -> None:
    document = sent(alice, SAMPLES / "letter.pdf")
    assert document["status"] in ("rejected", "needs_review")
    assert document["reason"]
    assert document["timetable"] is None


def test_somebody_elses_document_is_not_there(system: Deployed, alice: Api, bob: Api) -> None:
    mine = sent(alice, GOOD)["id"]
    with pytest.raises(Problem) as shown:
        bob.document(mine)
    assert shown.value.status == 404
    with pytest.raises(Problem) as deleted:
        bob.delete(mine)
    assert deleted.value.status == 404
    assert mine not in [each["id"] for each in bob.documents()]
    assert alice.document(mine)["status"] == "completed"


def test_a_list_is_paged_and_holds_each_document_once(bob: Api) -> None:
    uploaded = {bob.announce("week.png", "image/png", 10)["id"] for _ in range(5)}
    listed = [each["id"] for each in bob.documents(page=2)]
    assert len(listed) == len(set(listed))
    assert uploaded <= set(listed)


def test_an_upload_url_takes_one_upload(alice: Api) -> None:
    data = GOOD.read_bytes()
    document = alice.announce(GOOD.name, "image/png", len(data))
    target = document["upload"]
    first = http.put(target["url"], headers=target["headers"], content=data)
    second = http.put(target["url"], headers=target["headers"], content=data)
    assert (first.status_code, second.status_code) == (200, 412)
    done = alice.wait(document["id"], timeout_seconds=60, seen=lambda _: None)
    assert done["status"] == "completed"


@pytest.mark.parametrize("change", ["size", "type"])
def test_what_was_not_announced_is_not_taken(alice: Api, change: str) -> None:
    data = GOOD.read_bytes()
    target = alice.announce(GOOD.name, "image/png", len(data))["upload"]
    headers = dict(target["headers"])
    if change == "size":
        data += b"more"
        headers = {k: v for k, v in headers.items() if k.lower() != "content-length"}
    else:
        headers = {k: "text/html" if k.lower() == "content-type" else v for k, v in headers.items()}
    assert http.put(target["url"], headers=headers, content=data).status_code == 403


def notice(system: Deployed, key: str, kept: str, **more: str) -> str:
    """What S3 tells EventBridge of an upload, as the queue hands it to the starter; `kept`: where
    the file lies now."""
    bucket = system.outputs["documents_bucket"]
    head = system.client("s3").head_object(Bucket=bucket, Key=kept)
    etag = head["ETag"].strip('"')
    return json.dumps(
        {
            "version": "0",
            "id": str(uuid.uuid4()),
            "source": "aws.s3",
            "detail-type": "Object Created",
            "account": "000000000000",
            "region": "eu-west-2",
            "time": "2026-01-01T00:00:00Z",
            "resources": [f"arn:aws:s3:::{bucket}"],
            "detail": {
                "bucket": {"name": bucket},
                "object": {"key": key, "size": head["ContentLength"], "etag": etag, **more},
            },
        }
    )


def archived(system: Deployed, document: str) -> str:
    """Where the original lies, once it is moved: a moment after the document is completed."""
    found: list[str] = []

    def moved() -> bool:
        originals = ("uploads/", "archive/")
        found[:] = [k for k in objects(system) if document in k and k.startswith(originals)]
        return len(found) == 1 and found[0].startswith("archive/")

    eventually(moved, 30)
    return found[0]


def runs_of(system: Deployed, document: str) -> list[str]:
    listed = system.client("stepfunctions").list_executions(
        stateMachineArn=system.outputs["state_machine_arn"]
    )
    return [run["name"] for run in listed["executions"] if document in run["name"]]


@pytest.mark.parametrize("again", ["the same", "another sequencer"])
def test_an_upload_event_that_comes_again_makes_no_second_timetable(
    system: Deployed, alice: Api, again: str
) -> None:
    """The run is named after the upload, so the same notice starts it once. One that differs (S3
    promises no more than order by sequencer) may start another, which finds the answer given."""
    document = sent(alice, GOOD)
    [run] = runs_of(system, document["id"])
    sequencer = run.removeprefix(document["id"] + "-").split("-")[0]
    kept = archived(system, document["id"])
    machine = system.outputs["state_machine_arn"].replace(":stateMachine:", ":execution:")
    started = system.client("stepfunctions").describe_execution(executionArn=f"{machine}:{run}")
    queue = system.outputs["dead_letter_queue_url"].replace("-dead-letters", "")
    repeated = notice(
        system,
        json.loads(started["input"])["key"],
        kept,
        sequencer=sequencer if again == "the same" else "00" + sequencer[2:-1] + "0",
    )
    sqs = system.client("sqs")
    for _ in range(2):
        sqs.send_message(QueueUrl=queue, MessageBody=repeated)
    drained(sqs, queue)
    assert len(runs_of(system, document["id"])) == (1 if again == "the same" else 2)
    assert alice.document(document["id"]) == document


def drained(sqs: Any, queue: str) -> None:
    """Waits until every message was taken and worked on."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    for _ in range(100):
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        if all(int(count) == 0 for count in found.values()):
            time.sleep(2)  # the run that the last one started
            return
        time.sleep(0.2)
    raise AssertionError(f"the queue still holds messages: {found}")


UNREADABLE = [bad for bad in bad_files() if bad.name not in ("truncated.pdf", "png-renamed.pdf")]
"""Without the two that a reader may still make sense of: what counts are the bytes."""


@pytest.mark.parametrize("bad", UNREADABLE, ids=lambda bad: bad.name)
def test_a_bad_file_is_rejected_in_time_and_leaves_nothing(
    system: Deployed, tmp_path: Path, bad: Any
) -> None:
    file = tmp_path / bad.name
    file.write_bytes(bad.data)
    [answer] = system.process(file)
    assert answer["status"] == "rejected", answer
    assert len(answer["reason"]) > 15
    assert answer["seconds"] < 10
    assert answer["blocks"] == []
    document = str(answer["document_id"])
    # It is said before it is cleared away.
    eventually(lambda: not [key for key in objects(system) if document in key], 30)


def announced(api: Api, name: str, size: int) -> tuple[dict[str, Any] | None, Problem | None]:
    try:
        return api.announce(name, "image/png", size), None
    except Problem as problem:
        return None, problem


@pytest.mark.parametrize("name", BAD_NAMES, ids=range(len(BAD_NAMES)))
def test_a_name_is_shown_and_never_used(system: Deployed, alice: Api, name: str) -> None:
    """Taken under a key of our own, or refused with a problem that names the field."""
    data = GOOD.read_bytes()
    document, problem = announced(alice, name, len(data))
    if problem is not None:
        assert problem.status in (400, 422)
        assert list(problem.fields) == ["name"]
        return
    assert document is not None
    target = document["upload"]
    assert http.put(target["url"], headers=target["headers"], content=data).status_code == 200
    assert alice.wait(document["id"], timeout_seconds=60, seen=lambda _: None)["status"] == (
        "completed"
    )
    key = archived(system, document["id"])
    assert key.split("/")[-1] == f"{document['id']}.png"


def test_requests_that_cannot_be_taken_get_a_problem_that_says_why(
    system: Deployed, alice: Api
) -> None:
    url = system.outputs["api_url"]
    token = {"Authorization": f"Bearer {alice.token}"}
    answers = {
        "unknown": http.get(url + "/api/v1/nothing", headers=token),
        "not json": http.post(
            url + "/api/v1/documents",
            headers={**token, "content-type": "application/json"},
            content=b"{",
        ),
        "too large": http.post(
            url + "/api/v1/documents",
            headers=token,
            json={"name": "a.png", "content_type": "image/png", "size": 10**9},
        ),
        "type": http.post(
            url + "/api/v1/documents",
            headers=token,
            json={"name": "a.svg", "content_type": "image/svg+xml", "size": 10},
        ),
        "no such document": http.get(f"{url}/api/v1/documents/{uuid.uuid4()}", headers=token),
        "no id": http.get(f"{url}/api/v1/documents/42", headers=token),
    }
    for what, answer in answers.items():
        assert 400 <= answer.status_code < 500, what
        assert answer.headers["content-type"] == "application/problem+json", what
        assert answer.json()["status"] == answer.status_code, what
        assert answer.json()["title"], what
    named = {
        what: [e["field"] for e in answers[what].json()["errors"]] for what in ("too large", "type")
    }
    assert named == {"too large": ["size"], "type": ["content_type"]}


def test_a_token_that_is_missing_foreign_or_changed_opens_nothing(
    system: Deployed, alice: Api
) -> None:
    url = system.outputs["api_url"] + "/api/v1/documents"
    head, body, signature = alice.token.split(".")
    foreign = f"{head}.{body}.{signature[:-6]}AAAAAA"
    for header in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": f"Bearer {foreign}"}):
        assert http.get(url, headers=header).status_code == 401, header
