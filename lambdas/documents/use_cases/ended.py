"""A run ended without having said so: stopped, out of time, or failed before its last word.

Its document gets its answer all the same, from what stands: a decision of a reviewer, an outcome
that was written and not told, or a failure. What is said twice has the same id each time.
"""

from __future__ import annotations

from datetime import datetime

from lambdas.documents.model.document import Status
from lambdas.documents.model.errors import DocumentGoneError, OvertakenError
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.outcome import Outcome, Run, Settled
from lambdas.documents.model.review import Decision, ReviewStatus
from lambdas.documents.ports.books import Outcomes
from lambdas.documents.ports.objects import Shelves
from lambdas.documents.ports.outbox import Outbox
from lambdas.documents.ports.reviews import Closings
from lambdas.documents.use_cases.save import save

INTERRUPTED = "Working on this file was interrupted on our side. Please send it again."


def settle_ended(
    run: Run,
    *,
    error: str | None,
    now: datetime,
    outcomes: Outcomes,
    closings: Closings,
    shelves: Shelves,
    outbox: Outbox,
) -> Settled | None:
    """What stands afterwards. None where nobody waits for an answer of this run any more: the
    document was deleted, or another of its uploads was settled.

    `error` is the name of what ended the run, where it has one.
    """
    try:
        settled = _settle(run, now, outcomes, closings, shelves)
    except (DocumentGoneError, OvertakenError):
        return None
    if settled.status is Status.FAILED:
        said = event(run, EventType.JOB_FAILED, at=now, status=settled.status.value, error=error)
    else:
        said = event(
            run,
            EventType.JOB_COMPLETED,
            at=now,
            status=settled.status.value,
            confidence=settled.confidence,
        )
    outbox.put(said)
    return settled


def _settle(
    run: Run, now: datetime, outcomes: Outcomes, closings: Closings, shelves: Shelves
) -> Settled:
    # Nobody waits for a reviewer's answer any more; one that was given stands.
    decision = closings.close(run, now=now)
    standing = outcomes.standing(run)
    if standing is not None and standing.status is Status.NEEDS_REVIEW and decision is not None:
        if decision.status is ReviewStatus.WITHDRAWN:
            raise DocumentGoneError(f"document {run.document} was deleted")
        if decision.by is not None:
            return save(_decided(run, decision, standing), outcomes=outcomes, shelves=shelves)
    failed = Outcome(run=run, status=Status.FAILED, reason=INTERRUPTED)
    return save(failed, outcomes=outcomes, shelves=shelves)


def _decided(run: Run, decision: Decision, standing: Settled) -> Outcome:
    return Outcome(
        run=run,
        status=Status.COMPLETED if decision.timetable else Status.REJECTED,
        reason=decision.reason,
        timetable=decision.timetable,
        route=("review",),
        confidence=standing.confidence,
    )
