"""Goes round the reviews: what was lost half way is made good, what nobody takes is said again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lambdas.documents.model.identity import DocumentId
from lambdas.documents.model.review import Review, Waiting
from lambdas.documents.ports.reviews import Round, Runs
from lambdas.documents.use_cases.review import tell

AT_ONCE = 100
"""Acts of each kind in one round; the rest is there in the next."""
GRACE = timedelta(hours=1)
"""After its timeout the workflow closes a review itself. One that is open for longer has no run."""


@dataclass(frozen=True)
class Seen:
    """What a round did."""

    answered: int
    closed: int
    escalated: int


def watch(
    *,
    now: datetime,
    escalate_after: timedelta,
    reviews: Round,
    runs: Runs,
    escalate: Callable[[Review], None],
) -> Seen:
    """`escalate` tells whom it concerns; twice at the most for one review, with the same event."""
    answered = sum(
        tell(document, answers=reviews, runs=runs) or _give_up(document, now, reviews)
        for document in reviews.unanswered(limit=AT_ONCE)
    )
    closed = escalated = 0
    for waiting in reviews.waiting_since(now - escalate_after):
        if closed + escalated >= AT_ONCE:
            break
        review = reviews.get(waiting.document) if _is_due(waiting, now) else None
        if review is None or review.decision is not None:
            continue  # not yet, or ended in this moment
        if now > review.until + GRACE:
            reviews.close(review.run, now=now)
            closed += 1
        else:
            escalate(review)
            reviews.escalated(review.document, now=now)
            escalated += 1
    return Seen(answered, closed, escalated)


def _give_up(document: DocumentId, now: datetime, reviews: Round) -> bool:
    """A run that is not known long after its wait should have ended is not coming back."""
    review, found = reviews.get(document), reviews.token(document)
    if review is not None and found is not None and now > review.until + GRACE:
        reviews.answered(document, found[0])
    return False


def _is_due(waiting: Waiting, now: datetime) -> bool:
    held = waiting.claimed_until is not None and now < waiting.claimed_until
    return now > waiting.until + GRACE or (waiting.escalated_at is None and not held)
