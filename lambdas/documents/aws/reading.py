"""What the step that reads does, whoever reads the words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.workflow import State
from lambdas.documents.model.event import Event, EventType, event
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects
from lambdas.documents.ports.readings import Readings
from lambdas.documents.ports.sheets import PreparedSheets
from lambdas.documents.reading.kinds import Kind, UnreadableError
from lambdas.documents.reading.page import Reading
from lambdas.documents.use_cases.read import ReadPictures, read

LOW = 70.0
"""Percent: words read with less ask a person, so a page of such words was read badly."""


def read_step(
    state: State,
    run: Run,
    *,
    limit: int,
    objects: Objects,
    sheets: PreparedSheets,
    readings: Readings,
    read_pictures: ReadPictures,
) -> dict[str, Any]:
    """What the state gains. `limit`: the largest upload, in bytes."""
    if "refused" in state:  # by `preprocess`: there is nothing to read
        return {}
    try:
        reading, key = read(
            run,
            Kind(state["kind"]),
            limit=limit,
            objects=objects,
            sheets=sheets,
            readings=readings,
            read_pictures=read_pictures,
        )
    except UnreadableError as error:  # whole by its headers, and damaged further in
        return {"refused": error.reason}
    return {"reading": key, "route": [reading.route], "events": [_said(run, reading)]}


def _said(run: Run, reading: Reading) -> Event:
    low = reading.confidence < LOW
    return event(
        run,
        EventType.OCR_LOW_CONFIDENCE if low else EventType.OCR_COMPLETED,
        at=datetime.now(UTC),
        route=reading.route,
        confidence=reading.confidence,
        pages=len(reading.pages),
        words=len(reading.words),
    )
