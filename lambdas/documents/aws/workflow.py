"""A step of the workflow, as Step Functions calls it: the state comes in, and goes out with more.

The state carries ids, keys, verdicts, how long each step took and the events to be told. Errors
leave by the names the flow knows; any other is renamed, because Step Functions keeps an error's
words in its history and they might quote a row.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from lambdas.documents.aws.entries import entry
from lambdas.documents.model.document import StepDone
from lambdas.documents.model.errors import (
    DatabaseUnavailableError,
    DocumentGoneError,
    OvertakenError,
    ReaderUnavailableError,
    StorageUnavailableError,
    WorkLostError,
)
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.shared.logging import Context, Log, chain

State = Mapping[str, Any]
Step = Callable[[State, Context], dict[str, Any]]

NAMED = (
    DatabaseUnavailableError,
    DocumentGoneError,
    OvertakenError,
    ReaderUnavailableError,
    StorageUnavailableError,
    WorkLostError,
)


class StepFailedError(Exception):
    """A step met something it has no name for. The log of its call says what."""


def step(call: Callable[[State, Run], Mapping[str, Any]]) -> Step:
    """A handler: `call` says what the state gains.

    Two of the names it may gain are not kept as they are: `events`, a list of `Event`, joins those
    the steps before it left, and `cached` is noted of the step, which is named after its module.
    """
    name = call.__module__.rpartition(".")[2]

    def handler(state: State, context: Context) -> dict[str, Any]:
        log = Log(context)
        started = time.perf_counter()
        try:
            run = run_of(state)
            gained = dict(call(state, run))
            after = _after(state, gained, name, time.perf_counter() - started)
        except NAMED as error:
            log.warning("step stopped", error=chain(error), document=state.get("document"))
            raise
        except Exception as error:  # noqa: BLE001 - the edge: no error leaves with its words
            log.failure("step failed", error, document=state.get("document"))
            raise StepFailedError(chain(error)) from None
        log.info(
            "step done",
            document=run.document,
            **{name: gained[name] for name in _LOGGED if name in gained},
        )
        return after

    return handler


_LOGGED = ("kind", "route", "confidence", "verdict", "status")


def _after(state: State, gained: dict[str, Any], name: str, seconds: float) -> dict[str, Any]:
    said = gained.pop("events", ())
    done: dict[str, Any] = {"name": name, "seconds": round(seconds, 3)}
    if gained.pop("cached", False):
        done["cached"] = True
    after = {**state, **gained, "steps": [*state.get("steps", ()), done]}
    # What was told once is not told again.
    open_ = () if after.pop("told", None) else state.get("events", ())
    after["events"] = [*open_, *(entry(each, state["bus"]) for each in said)]
    return after


def run_of(state: State) -> Run:
    return Run(
        document=DocumentId(state["document"]),
        user=UserId(state["user"]),
        **{name: state[name] for name in _RUN if name not in ("document", "user")},
    )


_RUN = tuple(field.name for field in fields(Run))


def name_of(error: object) -> str | None:
    """An error's name, as an event may carry it: a platform's own words have no place there."""
    return re.sub(r"[^A-Za-z0-9._:-]", "", str(error))[:128] or None


def steps_of(state: State) -> tuple[StepDone, ...]:
    """What was done so far."""
    return tuple(StepDone(**each) for each in state.get("steps", ()))


def seconds_since_upload(state: State, now: datetime) -> float | None:
    """None where it is not known when the upload came."""
    uploaded = state.get("uploaded_at")
    if uploaded is None:
        return None
    # The clocks of S3 and of a function are two: nothing is answered before it came.
    return round(max((now - datetime.fromisoformat(uploaded)).total_seconds(), 0), 3)
