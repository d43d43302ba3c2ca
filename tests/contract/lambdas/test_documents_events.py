"""The events: what is said and what is understood, against the schemas in events/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lambdas.documents.aws import workflow
from lambdas.documents.model import errors
from lambdas.documents.model.document import Status
from systems.documents.aws.flow import PASSING, SOURCE, flow

EVENTS = Path(__file__).parents[3] / "lambdas/documents/events"
SECONDS = {"classify": 1, "read": 1, "interpret": 1, "save": 1}
USER, DOCUMENT = "6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f60", "6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f61"


def schema(event: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{event}.json").read_text())


def published() -> dict[str, Any]:
    steps = flow(SECONDS).steps.values()
    return {step.publish.event: step.publish for step in steps if step.publish}


@pytest.mark.parametrize("path", sorted(EVENTS.glob("*.json")), ids=lambda path: path.stem)
def test_a_schema_is_one(path: Path):
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))
    assert schema(path.stem)["$id"] == path.stem


def test_the_flow_publishes_what_there_are_schemas_for():
    assert set(published()) == {"job.completed", "job.failed"}
    for event, publish in published().items():
        assert set(publish.detail) == set(schema(event)["properties"]), event
        assert publish.source == SOURCE
        assert SOURCE in schema(event)["description"]


@pytest.mark.parametrize("event", ["job.completed", "job.failed"])
def test_an_event_carries_what_save_leaves_in_the_state(event: str):
    status = schema(event)["properties"]["status"]["enum"][0]
    state = {
        "document": DOCUMENT,
        "user": USER,
        "bucket": "b",
        "key": "k",
        "version": "v",
        "status": status,
        "confidence": None,
    }
    detail = {name: state[path] for name, path in published()[event].detail.items()}
    jsonschema.validate(detail, schema(event), format_checker=jsonschema.FormatChecker())


def test_every_outcome_has_its_event():
    said = [
        status
        for event in ("job.completed", "job.failed")
        for status in schema(event)["properties"]["status"]["enum"]
    ]
    assert sorted(said) == sorted(set(Status) - {Status.PENDING, Status.EXPIRED})


def test_an_event_has_no_room_for_text():
    for event in ("job.completed", "job.failed"):
        assert schema(event)["additionalProperties"] is False


def test_the_flow_knows_errors_by_the_names_the_steps_raise():
    caught = {
        name
        for step in flow(SECONDS).steps.values()
        if step.task
        for retry_or_catch in (*step.task.retry, *step.task.catch)
        for name in retry_or_catch.errors
    }
    assert caught == {
        "DatabaseUnavailableError",
        "StorageUnavailableError",
        "DocumentGoneError",
    }
    for name in caught:
        assert getattr(errors, name) in workflow.NAMED


def test_only_what_passes_is_retried():
    assert "DocumentGoneError" not in PASSING.errors
    assert "StepFailedError" not in PASSING.errors
