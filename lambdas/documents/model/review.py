"""A review: a document that waits for a person, and the one decision that ends the wait.

Whatever happens at the same time, a review ends once: by a reviewer's decision, by its timeout, or
because its document was deleted. The first of these stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.timetable import Timetable


class ReviewStatus(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    CORRECTED = "corrected"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"
    """Its document was deleted; nothing of it is left here but its id."""


class Choice(StrEnum):
    """What a reviewer may say."""

    APPROVE = "approve"
    CORRECT = "correct"
    REFUSE = "refuse"


ENDS_AS: Mapping[Choice, ReviewStatus] = MappingProxyType(
    {
        Choice.APPROVE: ReviewStatus.APPROVED,
        Choice.CORRECT: ReviewStatus.CORRECTED,
        Choice.REFUSE: ReviewStatus.REFUSED,
    }
)


@dataclass(frozen=True)
class Token:
    """What resumes the waiting run. Who has it decides: it stays between the workflow and the
    reviews, and shows in no log, event or answer."""

    value: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How a review ended."""

    status: ReviewStatus
    at: datetime
    by: UserId | None = None
    """The reviewer; None where nobody decided."""
    timetable: Timetable | None = None
    """What the week is: with APPROVED and CORRECTED."""
    reason: str | None = None
    """Why there is none, in the reviewer's words: with REFUSED."""
    asked_at: datetime | None = field(default=None, compare=False)
    """When the review was requested; None where that is not known."""

    def __post_init__(self) -> None:
        decided = self.status in ENDS_AS.values()
        if self.status is ReviewStatus.OPEN:
            raise ValueError("an open review has no decision")
        if decided != (self.by is not None):
            raise ValueError("a reviewer decides; a timeout and a deletion are nobody's decision")
        held = self.status in (ReviewStatus.APPROVED, ReviewStatus.CORRECTED)
        if held != (self.timetable is not None):
            raise ValueError("approved and corrected reviews have a timetable, and no other")
        if (self.status is ReviewStatus.REFUSED) != bool(self.reason):
            raise ValueError("a refused document says why, and no other does")

    def says_the_same(self, other: Decision) -> bool:
        """Whether it is the same decision of the same reviewer, sent again."""
        return (self.status, self.by, self.timetable, self.reason) == (
            other.status,
            other.by,
            other.timetable,
            other.reason,
        )


@dataclass(frozen=True, kw_only=True)
class Review:
    run: Run
    """Whose upload it is; the document's id is the review's too."""
    requested_at: datetime
    until: datetime
    """When the wait times out."""
    status: ReviewStatus = ReviewStatus.OPEN
    confidence: float | None = None
    proposal: Timetable | None = None
    """The best that is known; None where nothing whole could be made out."""
    doubts: tuple[Doubt, ...] = ()
    """What to look at."""
    claimed_by: UserId | None = None
    claimed_until: datetime | None = None
    escalated_at: datetime | None = None
    """When it was said again that nobody had taken it."""
    decision: Decision | None = None
    month: str | None = None
    """When its document was made, as `keys.month_of` says it; None where that is not known."""

    @property
    def document(self) -> DocumentId:
        return self.run.document

    def is_held_by(self, reviewer: UserId, now: datetime) -> bool:
        """Whether that reviewer's claim is good."""
        return self.claimed_by == reviewer and self.is_held(now)

    def is_held(self, now: datetime) -> bool:
        """Whether anybody's claim is good."""
        return self.claimed_until is not None and now < self.claimed_until


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A review as it stands in the list: nothing of what the document says."""

    document: DocumentId
    requested_at: datetime
    until: datetime
    confidence: float | None = None
    claimed_by: UserId | None = None
    claimed_until: datetime | None = None
    escalated_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    """A place in the list, which is ordered by these two, longest waiting first."""

    requested_at: datetime
    document: DocumentId


@dataclass(frozen=True)
class WaitingPage:
    reviews: tuple[Waiting, ...]
    next: Place | None
    """Where the next page starts; None on the last one."""
