"""What reviewers do: see what waits, look at one, take it, decide."""

from __future__ import annotations

from datetime import datetime, timedelta

from lambdas.documents.model.correction import Answer
from lambdas.documents.model.errors import (
    ReviewEndedError,
    ReviewNotClaimedError,
    ReviewNotFoundError,
    ReviewTakenError,
)
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.keys import archive_key
from lambdas.documents.model.review import Decision, Place, Review, WaitingPage
from lambdas.documents.ports.reviews import Answers, Desk, Runs


def waiting(*, after: Place | None, limit: int, desk: Desk) -> WaitingPage:
    """Longest waiting first."""
    return desk.page(after, limit)


def look(document: DocumentId, *, desk: Desk) -> Review:
    """One review, decided or not."""
    review = desk.get(document)
    if review is None:
        raise ReviewNotFoundError(document)
    return review


def scan_key(review: Review) -> str:
    """Where the original lies: of what was decided to be a timetable, in the archive.

    For a moment after the decision it does not lie there yet.
    """
    completed = review.decision is not None and review.decision.timetable is not None
    if completed and review.month is not None:
        return archive_key(review.run, month=review.month)
    return review.run.key


def claim(
    document: DocumentId, *, reviewer: UserId, now: datetime, hold: timedelta, desk: Desk
) -> Review:
    """Takes the review for so long; whoever has it already keeps it for so long from now."""
    claimed = desk.claim(document, reviewer, now=now, until=now + hold)
    if claimed is not None:
        return claimed
    review = look(document, desk=desk)
    if review.decision is not None:
        raise ReviewEndedError(review.decision.status.value)
    raise ReviewTakenError(review.claimed_until)


def decide(
    document: DocumentId,
    answer: Answer,
    *,
    reviewer: UserId,
    now: datetime,
    desk: Desk,
    answers: Answers,
    runs: Runs,
) -> Decision:
    """The decision stands once it is written; then the waiting run is told.

    The same decision of the same reviewer, sent again, tells the run again if that was not done.
    """
    review = look(document, desk=desk)
    decision = answer.decision_on(review, by=reviewer, at=now)
    standing = review.decision
    if standing is None:
        standing = decision if desk.decide(review.run, decision) else None
    if standing is None:
        standing = _why_not(look(document, desk=desk), reviewer, now)
    if not standing.says_the_same(decision):
        raise ReviewEndedError(standing.status.value)
    tell(document, answers=answers, runs=runs)
    return standing


def tell(document: DocumentId, *, answers: Answers, runs: Runs) -> bool:
    """Tells the waiting run of the decision, unless it knows; whether that was done now.

    A run that is not known may be so for a moment: it is told again by the watch.
    """
    found = answers.token(document)
    if found is None:
        return False
    token, decision = found
    if not runs.resume(token, by=decision.by):
        return False
    answers.answered(document, token)
    return True


def _why_not(review: Review, reviewer: UserId, now: datetime) -> Decision:
    """The decision that came first; an error where there is none."""
    if review.decision is not None:
        return review.decision
    if review.is_held(now) and review.claimed_by != reviewer:
        raise ReviewTakenError(review.claimed_until)
    raise ReviewNotClaimedError(review.document)
