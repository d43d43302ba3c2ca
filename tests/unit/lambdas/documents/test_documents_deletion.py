"""Deleting: said, hidden, stopped, erased; whatever happens in between, and however often."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from lambdas.documents.aws.adapters.bus import EntryRefusedError, EventBridgeBus
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.outbox import DynamoOutbox, event_of_item, item_of
from lambdas.documents.aws.adapters.stops import StepFunctionsStops
from lambdas.documents.aws.entries import detail
from lambdas.documents.model.document import Document
from lambdas.documents.model.errors import (
    BusUnavailableError,
    DocumentNotFoundError,
    RunsUnavailableError,
    StorageUnavailableError,
)
from lambdas.documents.model.event import ALL_VERSIONS, Event, EventType, about
from lambdas.documents.model.keys import (
    archive_key,
    copies,
    judgement_key,
    month_of,
    sheet_key,
    upload_key,
)
from lambdas.documents.use_cases.delete import delete
from lambdas.documents.use_cases.erase import erase
from lambdas.documents.use_cases.publish import publish
from tests.support.documents_aws import LAMBDA, Context, Service, client_error
from tests.support.documents_books import Books
from tests.support.documents_cabinet import Cabinet
from tests.support.documents_examples import NOON, a_document, a_run
from tests.support.documents_pillar_box import Halts, PillarBox


def deleted(document: Document) -> Event:
    return about(
        document.id,
        document.owner,
        ALL_VERSIONS,
        EventType.DOCUMENT_DELETED,
        at=NOON,
        month=month_of(document.created_at),
    )


def files_of(document: Document) -> list[str]:
    run = a_run(document)
    return [
        upload_key(document.owner, document.id, document.content_type),
        judgement_key(run),
        sheet_key(run, 1),
        archive_key(run, month=month_of(document.created_at)),
    ]


class Remembered:
    """What is kept by content."""

    def __init__(self, *contents: str) -> None:
        self.contents = set(contents)

    def forget(self, content: str) -> None:
        self.contents.discard(content)


def erased(
    document: Document, books: Books, cabinet: Cabinet, *memories: Remembered, limit: int = 100
) -> None:
    erase(
        deleted(document),
        books=books,
        objects=cabinet,
        shelves=cabinet,
        memories=memories,
        limit=limit,
    )


def test_what_was_kept_by_its_content_is_forgotten_settled_or_not():
    document = a_document()
    books, cabinet = Books(document), Cabinet()
    books.contents[document.id] = "settled"
    cabinet.write(files_of(document)[0], b"x")
    under_way = hashlib.sha256(b"x").hexdigest()
    readings, answers = Remembered("settled", under_way, "another"), Remembered("settled")
    erased(document, books, cabinet, readings, answers)
    assert (readings.contents, answers.contents) == ({"another"}, set())


def test_an_upload_that_was_too_large_to_read_is_erased_all_the_same():
    document = a_document()
    books, cabinet = Books(document), Cabinet()
    cabinet.write(files_of(document)[0], b"xx")
    erased(document, books, cabinet, Remembered(), limit=1)
    assert cabinet.objects == {}


def test_what_is_said_first_is_not_lost_where_hiding_fails(monkeypatch: pytest.MonkeyPatch):
    document = a_document()
    books, outbox = Books(document), PillarBox()

    def broken(*_: object, **__: object) -> None:
        raise StorageUnavailableError("not now")

    with monkeypatch.context() as patch:
        patch.setattr(books, "hide", broken)
        with pytest.raises(StorageUnavailableError):
            delete(document.id, owner=document.owner, now=NOON, documents=books, outbox=outbox)
    assert list(outbox.waiting.values()) == [deleted(document)]
    delete(document.id, owner=document.owner, now=NOON, documents=books, outbox=outbox)
    assert len(outbox.waiting) == 1, "the same deletion is the same event"
    assert books.get(document.id, document.owner) is None


def test_nothing_is_said_of_what_is_not_there():
    outbox = PillarBox()
    document = a_document()
    with pytest.raises(DocumentNotFoundError):
        delete(document.id, owner=document.owner, now=NOON, documents=Books(), outbox=outbox)
    assert outbox.waiting == {}


def test_the_month_of_a_document_is_that_of_utc():
    east = timezone(timedelta(hours=10))
    assert month_of(datetime(2026, 12, 1, 9, tzinfo=east)) == "2026-11"


def test_erasing_takes_every_copy_and_the_rows_and_nothing_of_others():
    document, other = a_document(), a_document()
    books, cabinet = Books(document, other), Cabinet()
    for key in (*files_of(document), *files_of(other)):
        cabinet.write(key, b"x")
    erased(document, books, cabinet)
    assert list(books.documents) == [other.id]
    assert sorted(cabinet.objects) == sorted(files_of(other))


def test_an_erasing_that_stopped_half_way_begins_again_and_takes_the_row_last():
    document = a_document()
    books, cabinet = Books(document), Cabinet()
    for key in files_of(document):
        cabinet.write(key, b"x")
    cabinet.breaks_at = files_of(document)[-1]
    with pytest.raises(StorageUnavailableError):
        erased(document, books, cabinet)
    assert list(books.documents) == [document.id]
    for _ in range(2):  # and once more, as a replay does
        erased(document, books, cabinet)
    assert (books.documents, cabinet.objects) == ({}, {})


def test_no_prefix_of_a_document_is_the_beginning_of_anothers():
    document = a_document()
    for prefix in copies(document.owner, document.id, month="2026-11"):
        assert document.id in prefix
        assert prefix.endswith(("/", "."))


# The publisher


def published(event: Event, box: PillarBox, halts: Halts) -> None:
    publish(event, now=NOON, unsaid=box, bus=box, runs=halts, reviews=halts)


def test_runs_and_review_end_before_anybody_hears_of_a_deletion():
    document = a_document()
    event, box = deleted(document), PillarBox()
    box.put(event)
    halts = Halts()
    published(event, box, halts)
    assert halts.done == [
        f"withdraw {document.id}",
        f"stop {document.id}",
    ]
    assert (box.heard, box.waiting) == ([event], {})


def test_of_other_events_only_word_is_given():
    run = a_run(a_document())
    event = about(run.document, run.user, "v1", EventType.JOB_FAILED, at=NOON, status="failed")
    box, halts = PillarBox(), Halts()
    published(event, box, halts)
    assert (box.heard, halts.done) == ([event], [])


def test_a_publisher_that_was_killed_half_way_says_it_again_under_the_same_id():
    event, box = deleted(a_document()), PillarBox()
    box.put(event)
    box.fails = BusUnavailableError("not now")
    with pytest.raises(BusUnavailableError):
        published(event, box, Halts())
    assert list(box.waiting.values()) == [event], "what was not said is kept"
    published(event, box, Halts())
    published(event, box, Halts())  # a stream's record that comes twice
    assert {each.id for each in box.heard} == {event.id}
    assert box.waiting == {}


# The edge


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Any:
    own = {
        "OUTBOX_TABLE": "outbox",
        "EVENT_BUS": "bus",
        "UNSAID_QUEUE_URL": "https://queue/unsaid",
        "STATE_MACHINE_ARN": "arn:aws:states:::stateMachine:m",
        "REVIEWS_TABLE": "reviews",
    }
    for name, value in {**LAMBDA, **own}.items():
        monkeypatch.setenv(name, value)
    from lambdas.documents.aws import publisher

    box, halts = PillarBox(), Halts()
    monkeypatch.setattr(publisher, "outbox", box)
    monkeypatch.setattr(publisher, "bus", box)
    for name in ("runs", "reviews"):
        monkeypatch.setattr(publisher, name, halts)
    monkeypatch.setattr(publisher, "queue", Service())
    return publisher


def stream(*items: Any) -> dict[str, Any]:
    records = [{"eventSource": "aws:dynamodb", "dynamodb": {"NewImage": each}} for each in items]
    return {"Records": records}


def messages(*bodies: Any) -> dict[str, Any]:
    return {
        "Records": [
            {"eventSource": "aws:sqs", "messageId": str(n), "body": json.dumps(body)}
            for n, body in enumerate(bodies)
        ]
    }


POISON = {"id": {"S": "x"}, "type": {"S": "nothing.known"}, "detail": {"S": "{}"}}


def test_a_poisoned_record_is_put_aside_and_keeps_nobody_waiting(edge: Any):
    good = deleted(a_document())
    assert edge.handler(stream(POISON, item_of(good)), Context()) is None
    assert edge.outbox.heard == [good]
    ((operation, message),) = edge.queue.calls
    assert operation == "send_message"
    assert message["QueueUrl"] == "https://queue/unsaid"
    assert json.loads(message["MessageBody"]) == {"item": POISON}


def test_what_passes_brings_the_records_again_and_the_others_were_said(edge: Any):
    first, second = deleted(a_document()), deleted(a_document())
    edge.outbox.fails = BusUnavailableError("not now")
    with pytest.raises(edge.NotYetSaidError, match="1 of 2"):
        edge.handler(stream(item_of(first), item_of(second)), Context())
    assert edge.outbox.heard == [second]
    assert edge.queue.calls == []
    assert edge.handler(stream(item_of(first), item_of(second)), Context()) is None
    assert [each.id for each in edge.outbox.heard] == [second.id, first.id, second.id]


def test_what_was_put_aside_is_tried_again_from_its_queue(edge: Any):
    good = deleted(a_document())
    answer = edge.handler(messages({"item": item_of(good)}, {"item": POISON}), Context())
    assert edge.outbox.heard == [good]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_what_the_stream_gave_up_is_still_in_the_table_and_said(edge: Any):
    events = [deleted(a_document()) for _ in range(3)]
    for event in events:
        edge.outbox.put(event)
    given_up = {"DDBStreamBatchInfo": {"batchSize": 3}}
    assert edge.handler(messages(given_up), Context()) == {"batchItemFailures": []}
    assert (edge.outbox.heard, edge.outbox.waiting) == (events, {})


# Adapters


def test_an_item_of_the_outbox_is_its_event():
    event = deleted(a_document())
    assert event_of_item(item_of(event)) == event
    foreign = {**item_of(event), "id": item_of(deleted(a_document()))["id"]}
    with pytest.raises(ValueError, match="another event's id"):
        event_of_item(foreign)


def test_what_waits_already_is_not_put_again():
    refused = Service(put_item=client_error("ConditionalCheckFailedException"))
    DynamoOutbox("outbox", refused).put(deleted(a_document()))
    assert refused.calls[0][1]["ConditionExpression"] == "attribute_not_exists(id)"


@pytest.mark.parametrize("call", ["put", "said"])
def test_an_outbox_that_does_not_answer_is_an_error_that_passes(call: str):
    busy = client_error("InternalServerError", status=500)
    outbox = DynamoOutbox("outbox", Service(put_item=busy, delete_item=busy))
    with pytest.raises(StorageUnavailableError):
        getattr(outbox, call)(deleted(a_document()))


def test_an_event_goes_out_as_eventbridge_takes_it():
    events, event = Service(put_events={"FailedEntryCount": 0}), deleted(a_document())
    EventBridgeBus("bus", events).say(event)
    (entry,) = events.calls[0][1]["Entries"]
    assert json.loads(entry["Detail"]) == detail(event)
    assert (entry["DetailType"], entry["EventBusName"]) == ("document.deleted", "bus")


@pytest.mark.parametrize(
    ("code", "error"),
    [("ThrottlingException", BusUnavailableError), ("MalformedDetail", EntryRefusedError)],
)
def test_a_refusal_that_comes_as_an_answer_is_an_error(code: str, error: type[Exception]):
    answer = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": code}]}
    with pytest.raises(error):
        EventBridgeBus("bus", Service(put_events=answer)).say(deleted(a_document()))


def test_all_runs_of_a_document_are_stopped_and_those_of_no_other():
    document, other = a_document().id, a_document().id
    pages = [
        {"executions": [{"name": f"{document}-v1", "executionArn": "one"}], "nextToken": "2"},
        {
            "executions": [
                {"name": f"{other}-v1", "executionArn": "foreign"},
                {"name": f"{document}-v2", "executionArn": "two"},
            ]
        },
    ]
    ended = client_error("ExecutionDoesNotExist")
    states = Service(list_executions=pages, stop_execution=[ended, {}])
    StepFunctionsStops("arn:machine", states).stop(document)
    stopped = [said["executionArn"] for call, said in states.calls if call == "stop_execution"]
    assert stopped == ["one", "two"]
    busy = Service(list_executions=client_error("ThrottlingException"))
    with pytest.raises(RunsUnavailableError):
        StepFunctionsStops("arn:machine", busy).stop(document)


def test_a_prefix_that_may_be_part_of_anothers_name_is_refused():
    with pytest.raises(ValueError, match="end it with"):
        S3Objects("files", Service()).erase("work/1")
