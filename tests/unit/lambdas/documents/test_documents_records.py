"""Records: a row per event, once, under its own day."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from lambdas.documents.aws.adapters.records import S3Records, key_of
from lambdas.documents.aws.entries import detail
from lambdas.documents.model.errors import StorageUnavailableError
from lambdas.documents.model.event import Event, EventType, event
from tests.support.documents_aws import LAMBDA, Context, Service, client_error
from tests.support.documents_examples import NOON, a_document, a_run


def completed(at: datetime = NOON) -> Event:
    facts: dict[str, Any] = {"status": "completed", "route": ["ocr"], "seconds": 4.2}
    return event(a_run(a_document()), EventType.JOB_COMPLETED, at=at, **facts)


def test_a_record_is_one_line_of_json_with_the_type_in_it():
    s3, said = Service(), completed()
    assert S3Records("records", s3).keep(said) is True
    ((_, put),) = s3.calls
    assert put["Body"].endswith(b"}\n")
    assert put["Body"].count(b"\n") == 1
    assert json.loads(put["Body"]) == {"type": "job.completed", **detail(said)}
    assert put["IfNoneMatch"] == "*"


def test_an_event_is_recorded_under_the_day_it_happened_in_utc():
    late = datetime(2026, 11, 22, 3, tzinfo=timezone(timedelta(hours=9)))
    said = completed(late)
    assert key_of(said) == f"events/day=2026-11-21/{said.id}.json"


@pytest.mark.parametrize("code", ["PreconditionFailed", "ConditionalRequestConflict"])
def test_what_is_there_is_not_written_again(code: str):
    assert S3Records("records", Service(put_object=client_error(code))).keep(completed()) is False


def test_a_store_that_does_not_answer_brings_the_message_again(monkeypatch: pytest.MonkeyPatch):
    for name, value in {**LAMBDA, "RECORDS_BUCKET": "records"}.items():
        monkeypatch.setenv(name, value)
    from lambdas.documents.aws import record

    busy = Service(put_object=[client_error("SlowDown", status=503), {}])
    monkeypatch.setattr(record, "records", S3Records("records", busy))
    said = completed()
    body = json.dumps({"detail-type": said.type.value, "detail": detail(said)})
    messages = {"Records": [{"messageId": "1", "body": body}, {"messageId": "2", "body": body}]}
    assert record.handler(messages, Context()) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    with pytest.raises(StorageUnavailableError):
        S3Records("r", Service(put_object=client_error("SlowDown", status=503))).keep(said)
