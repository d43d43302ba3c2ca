"""The event that says a document was read: now, or before from the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime

from lambdas.documents.model.event import Event, EventType, event
from lambdas.documents.model.outcome import Run
from lambdas.documents.reading.page import Reading

LOW = 70.0
"""Percent: words read with less ask a person, so a page of such words was read badly."""


def was_read(run: Run, reading: Reading, *, cached: bool = False) -> Event:
    low = reading.confidence < LOW
    return event(
        run,
        EventType.OCR_LOW_CONFIDENCE if low else EventType.OCR_COMPLETED,
        at=datetime.now(UTC),
        route=reading.route,
        confidence=reading.confidence,
        pages=len(reading.pages),
        words=len(reading.words),
        cached=cached,
    )
