"""Settle what became of a run, once, and leave nothing lying about.

The books come first, files after: whatever stops this half way, calling it again ends in the same
state, because what is cleaned up follows from what *stands* and not from what was asked.
"""

from __future__ import annotations

from lambdas.documents.model.document import Status, StepDone
from lambdas.documents.model.errors import DocumentGoneError, OvertakenError, WorkLostError
from lambdas.documents.model.judgement import Verdict
from lambdas.documents.model.keys import (
    archive_key,
    judgement_key,
    month_of,
    preprocessed_prefix,
    reading_key,
    run_copies,
)
from lambdas.documents.model.outcome import Outcome, Run, Settled
from lambdas.documents.model.review import Decision, ReviewStatus
from lambdas.documents.ports.books import Outcomes
from lambdas.documents.ports.judgements import Judgements
from lambdas.documents.ports.objects import Shelves

_STATUS = {
    Verdict.COMPLETE: Status.COMPLETED,
    Verdict.MODEL: Status.NEEDS_REVIEW,
    Verdict.PERSON: Status.NEEDS_REVIEW,
    Verdict.REFUSED: Status.REJECTED,
}

_ENDED = {
    ReviewStatus.APPROVED: Status.COMPLETED,
    ReviewStatus.CORRECTED: Status.COMPLETED,
    ReviewStatus.REFUSED: Status.REJECTED,
    ReviewStatus.TIMED_OUT: Status.EXPIRED,
}

NOBODY_CAME = "Nobody could look at this document in time. Please send it again."


def save(outcome: Outcome, *, outcomes: Outcomes, shelves: Shelves) -> Settled:
    """What stands afterwards: this outcome, or the one an earlier attempt of the run settled.

    Raises OvertakenError where another upload of the document was settled before.
    """
    return _clean_up(outcome.run, outcomes.settle(outcome), shelves)


def save_judgement(
    run: Run,
    *,
    route: tuple[str, ...],
    steps: tuple[StepDone, ...] = (),
    content: str | None = None,
    outcomes: Outcomes,
    judgements: Judgements,
    shelves: Shelves,
) -> Settled:
    """Settles what `interpret` made of the run."""
    judgement = judgements.get(run)
    if judgement is None:
        # Cleared away: by an earlier attempt of this very call, or with its document.
        standing = outcomes.standing(run)
        if standing is not None and standing.status is Status.PENDING:
            raise WorkLostError(f"{judgement_key(run)} is gone and {run.document} is pending")
        return _clean_up(run, standing, shelves)
    outcome = Outcome(
        run=run,
        status=_STATUS[judgement.verdict],
        reason=judgement.reason,
        route=route,
        confidence=judgement.confidence,
        timetable=judgement.timetable,
        steps=steps,
        content=content,
    )
    return save(outcome, outcomes=outcomes, shelves=shelves)


def save_decision(
    run: Run,
    decision: Decision,
    *,
    route: tuple[str, ...],
    confidence: float | None = None,
    steps: tuple[StepDone, ...] = (),
    content: str | None = None,
    outcomes: Outcomes,
    shelves: Shelves,
) -> Settled:
    """Settles how the run's review ended. `confidence` stays that of the reading: a person is not
    so many percent sure.

    Raises DocumentGoneError where it was withdrawn, because the document is deleted.
    """
    if decision.status is ReviewStatus.WITHDRAWN:
        return _clean_up(run, None, shelves)
    outcome = Outcome(
        run=run,
        status=_ENDED[decision.status],
        reason=decision.reason or (None if decision.timetable else NOBODY_CAME),
        route=route,
        confidence=confidence,
        timetable=decision.timetable,
        steps=steps,
        content=content,
    )
    return save(outcome, outcomes=outcomes, shelves=shelves)


def _clean_up(run: Run, settled: Settled | None, shelves: Shelves) -> Settled:
    """The upload of what is completed goes to the archive; of what is rejected or deleted it goes;
    any other stays where it is. Where an answer stands, the link is good for no second upload: a
    run costs, and that one would find its answer given. What was read of it stays while a person
    is asked, who is shown it.
    """
    if settled is None:
        # Another hand erases it all; what this run made since is for this one.
        for prefix in run_copies(run):
            shelves.erase(prefix)
        raise DocumentGoneError(f"document {run.document} was deleted")
    mine = settled if settled.version == run.version else None
    if mine is not None and mine.status is Status.NEEDS_REVIEW:
        return mine
    shelves.delete(reading_key(run), judgement_key(run))
    if settled.status is Status.REJECTED:
        shelves.seal(run.key)
        shelves.erase(preprocessed_prefix(run.document))
    if mine is not None and mine.status is Status.COMPLETED and mine.created_at is not None:
        _archive(run, month_of(mine.created_at), shelves)
    if mine is None:
        raise OvertakenError(f"another upload of document {run.document} was settled before")
    return mine


def _archive(run: Run, month: str, shelves: Shelves) -> None:
    """Copied first: whatever stops this, the original lies in one of the two. What is not there any
    more was moved before."""
    if shelves.copy(run.key, archive_key(run, month=month)):
        shelves.seal(run.key)
