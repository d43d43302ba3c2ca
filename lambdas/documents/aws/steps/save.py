"""The last step of the workflow, whatever happened: what became of the run goes into the books.

The state says which: `error` (put there by the flow's catch) is a failure, `refused` a rejection;
a document a person was asked about is settled by the review's end, or has failed where asking did
(`unanswered`); anything else was judged by `interpret` or `extract`. The answer's `status` is what
*stands*, which on a second attempt may be what the first one settled: events are published by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from lambdas.documents.aws.adapters.judgements import JudgementFiles
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.outcomes import PostgresOutcomes
from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.workflow import State, name_of, seconds_since_upload, step, steps_of
from lambdas.documents.model.document import Status
from lambdas.documents.model.errors import WorkLostError
from lambdas.documents.model.event import Event, EventType, event
from lambdas.documents.model.judgement import Verdict
from lambdas.documents.model.keys import month_of
from lambdas.documents.model.outcome import Outcome, Run, Settled
from lambdas.documents.model.review import Decision, ReviewStatus
from lambdas.documents.use_cases.save import save, save_decision, save_judgement
from lambdas.shared.aws.database import DatabaseSettings, open_database
from lambdas.shared.settings import load

TOO_LONG = "Reading this file took too long. Please send it with fewer pages or at a lower size."
MISSING = "The uploaded file was removed before it was read. Please send it again."
BY_A_PERSON = "review"
"""What the route calls it when a reviewer decided."""
OUR_FAULT = "Something went wrong on our side while reading this file. Please send it again."


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings):
    documents_bucket: str
    reviews_table: str


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)
judgements = JudgementFiles(objects)
outcomes = PostgresOutcomes(open_database(settings))
reviews = DynamoReviews(settings.reviews_table)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    decision = reviews.decision(run) if _was_asked(state) else None
    route = [*state.get("route", ()), *([BY_A_PERSON] if decision and decision.by else [])]
    state = {**state, "route": route} if route else state
    settled = _settle(state, run, decision)
    return {
        "status": settled.status.value,
        "confidence": settled.confidence,
        "events": list(_said(state, run, settled, decision, datetime.now(UTC))),
        **({"route": route} if route else {}),
        **({"month": month_of(settled.created_at)} if settled.created_at else {}),
    }


def _was_asked(state: State) -> bool:
    """Whether an earlier `save` of this run found that a person must be asked."""
    return bool(state.get("status") == Status.NEEDS_REVIEW.value)


def _settle(state: State, run: Run, decision: Decision | None) -> Settled:
    if decision is not None and not _nobody_could_be_asked(state, decision):
        return save_decision(
            run,
            decision,
            confidence=state.get("confidence"),
            **_known(state),
            outcomes=outcomes,
            shelves=objects,
        )
    failed = _error(state)
    if _was_asked(state) and failed is None:
        raise WorkLostError(f"the decision on {run.document} is gone")
    if failed is not None and state.get("verdict") not in _SURE:
        # Once somebody is asked, the reading is done: nothing of it took too long.
        reason = OUR_FAULT if _was_asked(state) else plain(failed)
        return _save(state, run, Status.FAILED, reason)
    if "refused" in state:
        return _save(state, run, Status.REJECTED, state["refused"])
    try:
        return save_judgement(
            run, **_known(state), outcomes=outcomes, judgements=judgements, shelves=objects
        )
    except WorkLostError:
        if failed is None:
            raise
        return _save(state, run, Status.FAILED, plain(failed))


_SURE = (Verdict.COMPLETE, Verdict.REFUSED)
"""What was judged so before an error is not thrown away: only the saving failed. Where a person was
to be asked there is nobody any more who would."""


def _nobody_could_be_asked(state: State, decision: Decision) -> bool:
    """The wait ended by an error of ours, and not because nobody came: nobody decided, and the
    document's owner is not told that people had no time."""
    ended = state.get("unanswered", {}).get("Error")
    return decision.status is ReviewStatus.TIMED_OUT and ended not in (None, "States.Timeout")


def _error(state: State) -> Mapping[str, Any] | None:
    """What ended a step for good, as the workflow noted it: the last that did."""
    return state.get("error", state.get("unanswered"))


def _save(state: State, run: Run, status: Status, reason: str) -> Settled:
    outcome = Outcome(run=run, status=status, reason=reason, **_known(state))
    return save(outcome, outcomes=outcomes, shelves=objects)


def _known(state: State) -> dict[str, Any]:
    """What every outcome of the run says."""
    return {
        "route": tuple(state.get("route", ())),
        "steps": steps_of(state),
        "content": state.get("content"),
    }


def _said(
    state: State, run: Run, settled: Settled, decision: Decision | None, now: datetime
) -> Iterator[Event]:
    """What others are told: what was judged, who was asked, and what came of it."""
    said = partial(event, run, at=now)
    confidence = settled.confidence
    if decision is not None:
        waited = (decision.at - decision.asked_at).total_seconds() if decision.asked_at else None
        yield said(
            EventType.HITL_COMPLETED,
            decision=decision.status.value,
            reviewer=decision.by,
            seconds=round(max(waited, 0), 3) if waited is not None else None,
        )
    if "verdict" in state and not _was_asked(state):
        judged = state.get("confidence")
        yield said(EventType.VALIDATION_COMPLETED, verdict=state["verdict"], confidence=judged)
    if settled.status is Status.NEEDS_REVIEW:
        yield said(EventType.HITL_REQUESTED, confidence=confidence, escalation=0)
        return
    came = {
        "status": settled.status.value,
        "route": list(state.get("route", ())),
        "seconds": seconds_since_upload(state, now),
    }
    if settled.status is Status.FAILED:
        yield said(EventType.JOB_FAILED, error=error_name(state), **came)
    else:
        yield said(EventType.JOB_COMPLETED, confidence=confidence, **came)


def error_name(state: State) -> str | None:
    """What failed, as a name: a platform's own words have no place in an event."""
    return name_of((_error(state) or {}).get("Error", ""))


def plain(error: Mapping[str, Any]) -> str:
    """What happened, for the document's owner: never the error's own words."""
    match error.get("Error"):
        case "States.Timeout" | "Sandbox.Timedout":
            return TOO_LONG
        case "DocumentGoneError":
            return MISSING
        case _:
            return OUR_FAULT
