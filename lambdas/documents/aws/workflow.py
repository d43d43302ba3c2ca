"""A step of the workflow, as Step Functions calls it: the state comes in, and goes out with more.

The state carries ids, keys and verdicts. Errors leave by the names the flow knows; any other is
renamed, because Step Functions keeps an error's words in its history and they might quote a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from lambdas.documents.model.errors import (
    DatabaseUnavailableError,
    DocumentGoneError,
    StorageUnavailableError,
    WorkLostError,
)
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.shared.logging import Context, Log, chain

State = Mapping[str, Any]
Step = Callable[[State, Context], dict[str, Any]]

NAMED = (DatabaseUnavailableError, DocumentGoneError, StorageUnavailableError, WorkLostError)


class StepFailedError(Exception):
    """A step met something it has no name for. The log of its call says what."""


def step(call: Callable[[State, Run], Mapping[str, Any]]) -> Step:
    """A handler: `call` says what the state gains."""

    def handler(state: State, context: Context) -> dict[str, Any]:
        log = Log(context)
        try:
            run = run_of(state)
            gained = call(state, run)
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
        return {**state, **gained}

    return handler


_LOGGED = ("kind", "route", "confidence", "verdict", "status")


def run_of(state: State) -> Run:
    return Run(
        document=DocumentId(state["document"]),
        user=UserId(state["user"]),
        **{name: state[name] for name in _RUN if name not in ("document", "user")},
    )


_RUN = tuple(field.name for field in fields(Run))
