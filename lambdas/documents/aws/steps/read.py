"""Step three of the workflow: what stands on the pages, kept as a work file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.readings import ReadingFiles
from lambdas.documents.aws.adapters.sheets import SheetFiles
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.event import Event, EventType, event
from lambdas.documents.model.outcome import Run
from lambdas.documents.reading.kinds import Kind, UnreadableError
from lambdas.documents.reading.page import Reading
from lambdas.documents.use_cases.read import read
from lambdas.shared.settings import load

LOW = 70.0
"""Percent: words read with less ask a person, so a page of such words was read badly."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    documents_bucket: str
    upload_limit_mib: int


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)
sheets = SheetFiles(objects)
readings = ReadingFiles(objects)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    if "refused" in state:  # by `preprocess`: there is nothing to read
        return {}
    try:
        reading, key = read(
            run,
            Kind(state["kind"]),
            limit=settings.upload_limit_mib * 2**20,
            objects=objects,
            sheets=sheets,
            readings=readings,
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
