"""The starter: notices of uploads become runs, each once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.documents.aws.adapters.runs import StepFunctionsRuns
from lambdas.documents.use_cases.start import Notice, arrived, as_version
from tests.support.documents_aws import LAMBDA, Context, Service, client_error
from tests.support.documents_examples import NOON, a_document, a_run
from tests.support.waiting_room import WaitingRoom

DOCUMENT = a_document()
KEY = a_run(DOCUMENT).key
SCHEMA = Path(__file__).parents[4] / "lambdas/documents/events/notices/object.created.json"


@pytest.fixture
def starter(monkeypatch: pytest.MonkeyPatch):
    own = {
        "STATE_MACHINE_ARN": "arn:machine",
        "DOCUMENTS_BUCKET": "documents",
        "EVENT_BUS": "the-bus",
        "ADMISSION_TABLE": "admission",
        "AT_ONCE": "4",
    }
    for name, value in {**LAMBDA, **own}.items():
        monkeypatch.setenv(name, value)
    from lambdas.documents.aws import starter

    return starter


def notice(key: str = KEY, bucket: str = "documents", **thing: Any) -> dict[str, Any]:
    """What S3 says by way of EventBridge."""
    given = {"etag": "5d41402abc4b2a76b9719d911017c592", "sequencer": "0055AED6DCD90281E5"}
    return {
        "version": "0",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "account": "000000000000",
        "time": "2026-11-21T12:00:00Z",
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {"key": key, "size": 1234, **(thing or given)},
            "reason": "PutObject",
        },
    }


def batch(*notices: Any) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": str(n), "body": each if isinstance(each, str) else json.dumps(each)}
            for n, each in enumerate(notices)
        ]
    }


def call(starter: Any, states: Service, *notices: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """The messages that failed, and the executions that were asked for."""
    starter.runs = StepFunctionsRuns("arn:machine", "the-bus", states)
    starter.admission = WaitingRoom()
    answer = starter.handler(batch(*notices), Context())
    failed = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
    return failed, [parameters for _, parameters in states.calls]


def test_our_notices_are_as_the_schema_says():
    jsonschema.validate(notice(), json.loads(SCHEMA.read_text()))


def test_a_notice_starts_the_run_of_its_document(starter: Any):
    failed, started = call(starter, Service(), notice())
    assert failed == []
    assert started[0]["stateMachineArn"] == "arn:machine"
    state = json.loads(started[0]["input"])
    (uploaded,) = state.pop("events")
    assert state == {
        "document": DOCUMENT.id,
        "user": DOCUMENT.owner,
        "bucket": "documents",
        "key": KEY,
        "version": started[0]["name"].removeprefix(f"{DOCUMENT.id}-"),
        "bus": "the-bus",
        "uploaded_at": "2026-11-21T12:00:00Z",
    }
    assert (uploaded["DetailType"], uploaded["EventBusName"]) == ("document.uploaded", "the-bus")
    assert uploaded["Detail"]["at"] == "2026-11-21T12:00:00Z"
    assert uploaded["Detail"]["size"] == 1234


def test_what_is_left_where_an_upload_was_moved_away_starts_nothing(starter: Any):
    empty = notice()
    empty["detail"]["object"]["size"] = 0
    assert call(starter, Service(), empty) == ([], [])


def test_the_same_notice_twice_asks_for_the_run_once(starter: Any):
    _, started = call(starter, Service(), notice(), notice())
    assert len(started) == 1


def test_a_run_that_was_started_before_is_no_failure(starter: Any):
    states = Service(start_execution=client_error("ExecutionAlreadyExists"))
    assert call(starter, states, notice())[0] == []


def test_the_same_bytes_sent_again_are_another_run(starter: Any):
    again = notice(etag="5d41402abc4b2a76b9719d911017c592", sequencer="0055AED6DCD90281E6")
    _, started = call(starter, Service(), notice(), again)
    assert started[0]["name"] != started[1]["name"]


def test_a_version_id_names_the_run_where_there_is_one(starter: Any):
    versioned = notice(**{"version-id": "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY", "etag": "x"})
    unversioned = notice(**{"version-id": "null", "etag": "abc"})
    _, started = call(starter, Service(), versioned, unversioned)
    assert started[0]["name"] == f"{DOCUMENT.id}-3sL4kqtJlcpXroDTDmJrmSpXd3dIbrHY"
    assert started[1]["name"] == f"{DOCUMENT.id}-abc"


@pytest.mark.parametrize(
    "foreign",
    [
        notice("work/x/v/reading.json"),
        notice("uploads/../../etc/passwd"),
        notice("uploads/me/mine.png"),
        notice(bucket="somebody-elses"),
    ],
)
def test_what_is_not_ours_is_left_alone(starter: Any, foreign: dict[str, Any]):
    assert call(starter, Service(), foreign) == ([], [])


def test_one_bad_message_does_not_take_the_others_along(starter: Any):
    other = a_run(a_document()).key
    failed, started = call(starter, Service(), "{", notice(), "[]", {"detail": {}}, notice(other))
    assert failed == ["0", "2", "3"]
    assert len(started) == 2


def test_more_than_may_run_at_once_wait(starter: Any):
    sent = [notice(a_run(a_document()).key) for _ in range(6)]
    failed, started = call(starter, Service(), *sent)
    assert (failed, len(started)) == ([], 4)
    assert len(starter.admission.waiting) == 2


def test_what_step_functions_refuses_is_told_of_again_and_keeps_its_place(starter: Any):
    states = Service(start_execution=client_error("ThrottlingException"))
    with pytest.raises(Exception, match="ThrottlingException"):
        call(starter, states, notice())
    assert len(starter.admission.stands.leases) == 1


@given(st.text())
def test_any_version_makes_a_legal_name(text: str):
    name = f"{DOCUMENT.id}-{as_version(text)}"
    assert 38 <= len(name) <= 80
    assert name.replace("-", "").replace("_", "").isalnum()
    assert name.isascii()


@given(st.text(), st.text(), st.text())
def test_no_notice_starts_anything_for_somebody_it_does_not_name(a: str, b: str, version: str):
    there = Notice(bucket="documents", key=f"uploads/{a}/{b}.png", version=version, at=NOON)
    assert arrived(there, ours="documents") is None
