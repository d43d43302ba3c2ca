"""Documents, runs and timetables to test with."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.documents.model.admission import Job
from lambdas.documents.model.document import Document
from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.keys import upload_key
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.timetable import Block, Timetable

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def a_user() -> UserId:
    return UserId(str(uuid.uuid4()))


def a_document(owner: UserId | None = None, **changes: Any) -> Document:
    given: dict[str, Any] = {
        "id": DocumentId(str(uuid.uuid4())),
        "owner": owner or a_user(),
        "name": "week.pdf",
        "content_type": "application/pdf",
        "size": 1234,
        "created_at": NOON,
        "upload_until": NOON + timedelta(minutes=15),
    }
    return Document(**{**given, **changes})


def a_run(document: Document, version: str = "v1") -> Run:
    return Run(
        document=document.id,
        user=document.owner,
        bucket="documents",
        key=upload_key(document.owner, document.id, document.content_type),
        version=version,
    )


def a_job(run: Run) -> Job:
    return Job(run=run, uploaded=event(run, EventType.DOCUMENT_UPLOADED, at=NOON, size=1234))


TIMETABLE = Timetable(
    title="Class 4b",
    blocks=(
        Block(day="monday", start="09:00", end="09:45", title="Maths"),
        Block(day="monday", start="09:45", end="10:30", title="Mother's tongue", notes="Room 7"),
        Block(day="friday", start="08:00", end="08:45", title="Ünïcödé"),
    ),
)


def doubts(*whys: str) -> tuple[Doubt, ...]:
    """With a place, but for the first."""
    place = {"page": 1, "day": "monday", "start": "09:00", "row": "P1", "text": "Mahts"}
    return tuple(
        Doubt(rule="reading-unsure", why=why, **(place if number else {}))
        for number, why in enumerate(whys)
    )
