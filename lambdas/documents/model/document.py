"""A document: what a user sent us, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.timetable import Timetable

WORK_ALLOWANCE = timedelta(minutes=30)
"""How long a file that came at the last moment may be under way: its wait and its run."""

NEVER_CAME = (
    "no file arrived before the upload link ended, or it could not be read in time; "
    "send the file again as a new document"
)


class Status(StrEnum):
    PENDING = "pending"
    COMPLETED = "completed"
    NEEDS_REVIEW = "needs_review"
    """A person was asked, and may still answer."""
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    """Nobody answered in time. A pending document becomes it by itself (`Document.seen_at`)."""

    @property
    def is_final(self) -> bool:
        """Whether it stays what it is."""
        return self not in (Status.PENDING, Status.NEEDS_REVIEW)


@dataclass(frozen=True, kw_only=True)
class StepDone:
    """A step of the workflow that came to its end, and what it took."""

    name: str
    seconds: float
    """Of the attempt that succeeded, without the function's start."""
    cached: bool = False
    """The result was known before, from the same bytes."""


@dataclass(frozen=True, kw_only=True)
class Document:
    id: DocumentId
    owner: UserId
    name: str
    """As its owner called it: for display, escaped; never a path."""
    content_type: str
    size: int
    created_at: datetime
    upload_until: datetime
    """When the upload URL ends."""
    status: Status = Status.PENDING
    reason: str | None = None
    """Why it is not completed, in words for its owner."""
    route: tuple[str, ...] = ()
    confidence: float | None = None
    finished_at: datetime | None = None
    timetable: Timetable | None = None
    steps: tuple[StepDone, ...] = ()
    """What was done until its status was settled, in order."""

    def seen_at(self, now: datetime) -> Document:
        """The document as it is shown: a pending one whose upload never came has expired."""
        if self.status is Status.PENDING and now > self.upload_until + WORK_ALLOWANCE:
            return replace(self, status=Status.EXPIRED, reason=NEVER_CAME)
        return self


@dataclass(frozen=True)
class Position:
    """A place in a user's list, which is ordered by these two, newest first."""

    created_at: datetime
    id: DocumentId


@dataclass(frozen=True)
class Page:
    documents: tuple[Document, ...]
    next: Position | None
    """Where the next page starts; None on the last one."""
