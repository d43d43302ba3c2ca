"""The last step of the workflow, whatever happened: what became of the run goes into the books.

The state says which: `error` (put there by the flow's catch) is a failure, `refused` a rejection;
anything else was judged by `interpret`. The answer's `status` is what *stands*, which on a second
attempt may be an earlier outcome: events are published by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.documents.aws.adapters.database import DatabaseSettings, open_database
from lambdas.documents.aws.adapters.judgements import JudgementFiles
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.outcomes import PostgresOutcomes
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.document import Status
from lambdas.documents.model.errors import WorkLostError
from lambdas.documents.model.outcome import Outcome, Run, Settled
from lambdas.documents.use_cases.save import save, save_judgement
from lambdas.shared.settings import load

TOO_LONG = "Reading this file took too long. Please send it with fewer pages or at a lower size."
MISSING = "The uploaded file was removed before it was read. Please send it again."
OUR_FAULT = "Something went wrong on our side while reading this file. Please send it again."


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings):
    documents_bucket: str


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)
judgements = JudgementFiles(objects)
outcomes = PostgresOutcomes(open_database(settings))


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    settled = _settle(state, run)
    return {"status": settled.status.value, "confidence": settled.confidence}


def _settle(state: State, run: Run) -> Settled:
    route = tuple(state.get("route", ()))
    # What was judged before the error is not thrown away: only the saving failed, and may be again.
    if "error" in state and "verdict" not in state:
        return _failed(state, run, route)
    if "refused" in state:
        rejected = Outcome(run=run, status=Status.REJECTED, reason=state["refused"], route=route)
        return save(rejected, outcomes=outcomes, shelves=objects)
    try:
        return save_judgement(
            run, route=route, outcomes=outcomes, judgements=judgements, shelves=objects
        )
    except WorkLostError:
        if "error" in state:
            return _failed(state, run, route)
        raise


def _failed(state: State, run: Run, route: tuple[str, ...]) -> Settled:
    failed = Outcome(run=run, status=Status.FAILED, reason=plain(state["error"]), route=route)
    return save(failed, outcomes=outcomes, shelves=objects)


def plain(error: Mapping[str, Any]) -> str:
    """What happened, for the document's owner: never the error's own words."""
    match error.get("Error"):
        case "States.Timeout" | "Sandbox.Timedout":
            return TOO_LONG
        case "DocumentGoneError":
            return MISSING
        case _:
            return OUR_FAULT
