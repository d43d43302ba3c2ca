"""The events: what is said and what is understood, against the schemas in events/."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pilaster.flow import EVERY_ERROR

from lambdas.documents.aws import workflow
from lambdas.documents.aws.entries import entry, event_of
from lambdas.documents.model import errors
from lambdas.documents.model.document import Status
from lambdas.documents.model.event import (
    FACTS,
    SOURCE,
    Event,
    EventType,
    UnspeakableEventError,
    event,
)
from systems.documents.aws.flow import PASSING, flow
from tests.support.documents_examples import a_document, a_run

EVENTS = Path(__file__).parents[3] / "lambdas/documents/events"
ENVELOPE = {"id", "at", "document", "user", "version"}
SECONDS = dict.fromkeys(
    [
        "classify",
        "preprocess",
        "read",
        "interpret",
        "extract",
        "save",
        "request-review",
        "close-review",
    ],
    1,
)
AT = datetime(2026, 11, 21, 12, 30, 1, tzinfo=UTC)
SAID: dict[EventType, dict[str, Any]] = {
    EventType.DOCUMENT_UPLOADED: {"size": 1234},
    EventType.DOCUMENT_CLASSIFIED: {"kind": "photo", "refused": False, "cached": True},
    EventType.DOCUMENT_PREPROCESSED: {"pages": 2, "changed": 1},
    EventType.OCR_COMPLETED: {
        "route": "text", "confidence": 100, "pages": 1, "words": 90, "cached": False
    },
    EventType.OCR_LOW_CONFIDENCE: {
        "route": "ocr", "confidence": 71.5, "pages": 1, "words": 90, "cached": False
    },
    EventType.LLM_COMPLETED: {
        "accepted": True,
        "model": "claude-sonnet-4-5",
        "input_tokens": 3000,
        "output_tokens": 800,
        "micro_dollars": 21_000,
        "cached": False,
    },
    EventType.VALIDATION_COMPLETED: {
        "verdict": "person", "confidence": 60, "blocks": 0, "doubts": 3
    },
    EventType.HITL_REQUESTED: {"confidence": 60, "doubts": 3, "escalation": 1},
    EventType.HITL_COMPLETED: {
        "decision": "corrected", "reviewer": a_document().owner, "seconds": 12.5
    },
    EventType.JOB_COMPLETED: {
        "status": "completed",
        "route": ["ocr", "llm"],
        "confidence": 99.1,
        "seconds": 4.2,
        "pages": 1,
    },
    EventType.JOB_FAILED: {
        "status": "failed", "route": ["ocr"], "error": "States.Timeout", "seconds": 200.0
    },
    EventType.DOCUMENT_DELETED: {"month": "2026-11"},
}  # fmt: skip
"""Each type with all it may say."""


def schema(type: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{type}.json").read_text())


def an_event(type: EventType, **changes: Any) -> Event:
    return event(a_run(a_document()), type, at=AT, **{**SAID[type], **changes})


def check(detail: dict[str, Any], type: EventType) -> None:
    jsonschema.validate(detail, schema(type), format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("path", sorted(EVENTS.rglob("*.json")), ids=lambda path: path.stem)
def test_a_schema_is_one(path: Path):
    found = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$id"] == path.stem


def test_every_type_has_its_schema_and_every_schema_its_type():
    assert {path.stem for path in EVENTS.glob("*.json")} == set(EventType)


@pytest.mark.parametrize("type", EventType)
def test_an_event_says_what_its_schema_says(type: EventType):
    assert set(schema(type)["properties"]) == ENVELOPE | FACTS[type] == ENVELOPE | set(SAID[type])
    check(entry(an_event(type), "bus")["Detail"], type)


@pytest.mark.parametrize("type", EventType)
def test_an_event_with_the_least_it_may_say_is_one(type: EventType):
    needed = set(schema(type)["required"]) - ENVELOPE
    unsaid = dict.fromkeys(FACTS[type] - needed)
    detail = entry(an_event(type, **unsaid), "bus")["Detail"]
    assert set(detail) == ENVELOPE | needed
    check(detail, type)


@pytest.mark.parametrize("type", EventType)
def test_an_event_has_no_room_for_text(type: EventType):
    assert schema(type)["additionalProperties"] is False
    for name, rule in schema(type)["properties"].items():
        rule = rule.get("items", rule)
        if rule.get("type") == "string":
            assert "pattern" in rule or rule["format"] in ("uuid", "date-time"), name


@pytest.mark.parametrize("type", [each for each in EventType if SAID[each]])
def test_an_event_refuses_to_carry_text(type: EventType):
    name = next(iter(SAID[type]))
    with pytest.raises(UnspeakableEventError) as refused:
        an_event(type, **{name: "Frau Müller, Raum 7"})
    assert "Müller" not in str(refused.value)
    with pytest.raises(UnspeakableEventError):
        an_event(type, title="Maths")


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(UnspeakableEventError, match="zone"):
        event(a_run(a_document()), EventType.DOCUMENT_DELETED, at=datetime(2026, 11, 21))


def test_the_same_fact_has_the_same_id_whenever_it_is_said():
    run = a_run(a_document())
    first = event(run, EventType.HITL_REQUESTED, at=AT, escalation=0)
    again = event(run, EventType.HITL_REQUESTED, at=datetime.now(UTC), escalation=0)
    assert first.id == again.id
    others = [
        event(run, EventType.HITL_REQUESTED, at=AT, nth=1, escalation=1),
        event(run, EventType.HITL_COMPLETED, at=AT, decision="approved"),
        event(a_run(a_document()), EventType.HITL_REQUESTED, at=AT, escalation=0),
        event(a_run(a_document(), "v2"), EventType.HITL_REQUESTED, at=AT, escalation=0),
    ]
    assert len({first.id, *(each.id for each in others)}) == 5


@pytest.mark.parametrize("type", EventType)
def test_an_event_comes_back_from_the_bus_as_it_went(type: EventType):
    said = an_event(type)
    put = entry(said, "bus")
    assert (put["Source"], put["EventBusName"]) == (SOURCE, "bus")
    notice = {"source": SOURCE, "detail-type": put["DetailType"], "detail": put["Detail"]}
    assert event_of(json.loads(json.dumps(notice))) == said


def test_every_outcome_has_its_event():
    said = [
        status
        for type in (EventType.JOB_COMPLETED, EventType.JOB_FAILED)
        for status in schema(type)["properties"]["status"]["enum"]
    ]
    assert sorted(said) == sorted(set(Status) - {Status.PENDING, Status.NEEDS_REVIEW})


def test_the_flow_knows_errors_by_the_names_the_steps_raise():
    caught = {
        name
        for step in flow(SECONDS, review_seconds=60).steps.values()
        if (called := step.calls())
        for retry_or_catch in (*called.retry, *called.catch)
        for name in retry_or_catch.errors
        if name != EVERY_ERROR
    }
    assert caught == {
        "DatabaseUnavailableError",
        "ReaderUnavailableError",
        "StorageUnavailableError",
        "DocumentGoneError",
        "OvertakenError",
    }
    for name in caught:
        assert getattr(errors, name) in workflow.NAMED


def test_only_what_passes_is_retried():
    assert "DocumentGoneError" not in PASSING.errors
    assert "StepFailedError" not in PASSING.errors
