"""Push and mail through the deployed system: register, ticket, socket, upload, and the message."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pilaster_cli.api import Api, Problem
from pilaster_local.services import health
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.support.deployed import SAMPLES, Deployed
from tests.support.local_cloud import eventually
from tests.support.tokens import subject_of

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

GOOD = SAMPLES / "pupil.pdf"


def opened(api: Api) -> ClientConnection:
    return connect(api.ticket(), proxy=None, open_timeout=30)


def heard(socket: ClientConnection, seconds: float = 60) -> dict[str, Any]:
    return json.loads(socket.recv(timeout=seconds))


def silent(socket: ClientConnection, seconds: float = 3) -> None:
    with pytest.raises(TimeoutError):
        socket.recv(timeout=seconds)


def until(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while (message := heard(socket))["type"] != kind:
        pass
    return message


def said(system: Deployed, user: str, **more: Any) -> dict[str, Any]:
    """Something on the bus that the workflow would say."""
    facts = {"status": "completed", "route": ["text"], "seconds": 1.5, **more}
    detail = {
        "id": str(uuid.uuid4()),
        "at": "2026-11-21T12:00:00Z",
        "document": str(uuid.uuid4()),
        "user": user,
        "version": "v1",
        **facts,
    }
    told(system, detail)
    return detail


def told(system: Deployed, detail: dict[str, Any]) -> None:
    entry = {
        "EventBusName": system.outputs["event_bus_name"],
        "Source": "pilaster.documents",
        "DetailType": "job.completed",
        "Detail": json.dumps(detail),
    }
    answer = system.client("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0


def rows(system: Deployed) -> list[dict[str, Any]]:
    found = system.client("dynamodb").scan(TableName="pilaster-local-documents-connections")
    return found["Items"]


def test_the_answer_is_told_on_every_socket_and_polling_gives_the_same(system: Deployed) -> None:
    ann, ben = system.user(), system.user()
    with opened(ann) as one, opened(ann) as two, opened(ben) as other:
        document = ann.upload(GOOD)
        first, second = until(one, "job.completed"), until(two, "job.completed")
        assert first == second
        asked = ann.document(document)
        assert (first["document"], first["status"]) == (document, asked["status"])
        assert first["route"] == asked["route"]
        assert "user" not in first
        silent(other)


def test_a_ticket_opens_one_socket_and_a_made_up_one_none(system: Deployed) -> None:
    address = system.user().ticket()
    with connect(address, proxy=None, open_timeout=30) as socket:
        socket.send('{"action": "ping"}')
        assert heard(socket) == {"type": "pong"}
        socket.send("x" * 2000)
        assert heard(socket)["code"] == "too-large"
    for ticket in (address, address.partition("?")[0], f"{address.partition('=')[0]}={'a' * 43}"):
        with pytest.raises(InvalidStatus) as refused:
            connect(ticket, proxy=None, open_timeout=30)
        assert refused.value.response.status_code in (401, 403)


def test_a_ticket_wants_a_token(system: Deployed) -> None:
    with pytest.raises(Problem) as refused:
        Api(system.outputs["api_url"]).ticket()
    assert refused.value.status == 401


def test_the_same_event_five_times_is_one_message_and_one_letter(system: Deployed) -> None:
    ann = system.user()
    user = subject_of(ann)
    with opened(ann) as socket:
        detail = said(system, user)
        for _ in range(4):
            told(system, detail)
        assert heard(socket)["id"] == detail["id"]
        silent(socket, 5)
        # Another day, from the archive.
        told(system, detail)
        silent(socket, 5)
    assert len(letters(system, detail["document"])) == 1


def letters(system: Deployed, document: str) -> list[dict[str, Any]]:
    return [each for each in mailbox(system)["messages"] if document in each["body"]]


def mailbox(system: Deployed, word: str = "mailbox", method: str = "GET") -> dict[str, Any]:
    port = int(system.status["endpoint"].rpartition(":")[2])
    answer = health.ask(port, f"/_pilaster/{word}", method=method)
    assert answer is not None
    return answer


def test_a_letter_tells_nothing_of_the_document_and_who_wants_none_gets_none(
    system: Deployed,
) -> None:
    ann = system.user()
    user = subject_of(ann)
    detail = said(system, user)
    [letter] = eventually(lambda: letters(system, detail["document"]), 60)
    assert letter["subject"] == "Your timetable is ready"
    assert "@example.com" in letter["to"]
    ann._call("PUT", "/api/v1/mail/wishes", {"mail": False})
    assert ann._call("GET", "/api/v1/mail/wishes") == {"mail": False}
    other = said(system, user)
    told_at = time.monotonic()
    while time.monotonic() < told_at + 8:
        assert letters(system, other["document"]) == []
        time.sleep(0.5)


def test_a_mailbox_that_refuses_holds_no_push_up_and_is_tried_again(system: Deployed) -> None:
    ann = system.user()
    mailbox(system, "mailbox/shut", "POST")
    try:
        with opened(ann) as socket:
            detail = said(system, subject_of(ann))
            assert heard(socket)["id"] == detail["id"]
        queue = "pilaster-local-documents-write"
        url = system.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        names = ["ApproximateNumberOfMessagesNotVisible"]

        def waits() -> bool:
            held = system.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
            return held["Attributes"][names[0]] != "0"

        assert eventually(waits, 30), "it is hidden until it is tried again"
        assert letters(system, detail["document"]) == []
    finally:
        mailbox(system, "mailbox/open", "POST")


def test_a_client_that_vanishes_leaves_no_row_behind(system: Deployed) -> None:
    ann = system.user()
    user = subject_of(ann)
    dynamodb = system.client("dynamodb")
    # What an API that was stopped in the middle leaves: a row, and nobody at the other end.
    dynamodb.put_item(
        TableName="pilaster-local-documents-connections",
        Item={
            "connection": {"S": f"gone-{user}"},
            "user": {"S": user},
            "session": {"S": "s"},
            "expires_at": {"N": str(int(time.time()) + 3600)},
        },
    )
    with opened(ann) as socket:
        said(system, user)
        assert heard(socket)["type"] == "job.completed"
        eventually(lambda: f"gone-{user}" not in json.dumps(rows(system)), 30)
    eventually(lambda: user not in json.dumps(rows(system)), 30)


def test_a_client_that_is_cut_off_holds_nobody_up_and_leaves_no_row(system: Deployed) -> None:
    """The connection ends without the goodbye that sockets have."""
    ann = system.user()
    user = subject_of(ann)
    cut = opened(ann)
    with opened(ann) as other:
        assert json.dumps(rows(system)).count(user) == 2
        cut.close_socket()
        detail = said(system, user)
        assert heard(other)["id"] == detail["id"]
        eventually(lambda: json.dumps(rows(system)).count(user) == 1, 30)
        assert heard_nothing_but(other, "pong")


def heard_nothing_but(channel: ClientConnection, kind: str) -> bool:
    channel.send('{"action": "ping"}')
    return heard(channel)["type"] == kind


def test_a_letter_nobody_takes_is_put_aside_and_push_goes_on(system: Deployed) -> None:
    """With the pauses between the tries turned down: they come to minutes."""
    ann, sqs = system.user(), system.client("sqs")
    url = sqs.get_queue_url(QueueName="pilaster-local-documents-write")["QueueUrl"]
    aside = sqs.get_queue_url(QueueName="pilaster-local-documents-write-dead-letters")["QueueUrl"]
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    mailbox(system, "mailbox/shut", "POST")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    try:
        with opened(ann) as channel:
            detail = said(system, subject_of(ann))
            assert heard(channel)["id"] == detail["id"]

            def put_aside() -> bool:
                found = sqs.receive_message(QueueUrl=aside, WaitTimeSeconds=1, VisibilityTimeout=1)
                return detail["id"] in json.dumps(found.get("Messages", []))

            assert eventually(put_aside, 60)
            later = said(system, subject_of(ann))
            assert heard(channel)["id"] == later["id"]
        assert letters(system, detail["document"]) == []
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=kept["Attributes"])
        sqs.purge_queue(QueueUrl=aside)
        mailbox(system, "mailbox/open", "POST")


def test_no_ticket_is_kept_in_the_clear(system: Deployed) -> None:
    address = system.user().ticket()
    words = address.partition("ticket=")[2]
    try:
        kept = system.client("dynamodb").scan(TableName="pilaster-local-documents-tickets")
    except ClientError as error:
        raise AssertionError(error) from error
    assert words not in json.dumps(kept["Items"])
    for log in (system.folder / ".pilaster").rglob("*.log"):
        assert words not in log.read_text(errors="replace"), log


def test_process_is_told_by_push(system: Deployed) -> None:
    ran = system.pilaster("process", str(GOOD))
    assert ran.code == 0, ran.err
    assert "told by push" in ran.out
