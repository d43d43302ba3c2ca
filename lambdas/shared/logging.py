"""Log lines: one JSON object each, ids and names only.

A field that is not in `FIELDS` is refused, so that a token, a password or somebody's text can only
reach a log by a change to this file.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Protocol

FIELDS = frozenset(
    {
        "applied",
        "attempt",
        "code",
        "confidence",
        "count",
        "document",
        "error",
        "kind",
        "migration",
        "reason",
        "route",
        "seconds",
        "size",
        "status",
        "status_code",
        "user",
        "verdict",
        "version",
        "where",
    }
)


class Context(Protocol):
    """What we use of the context Lambda hands a handler."""

    @property
    def aws_request_id(self) -> str: ...
    @property
    def function_name(self) -> str: ...
    def get_remaining_time_in_millis(self) -> int: ...


class Log:
    """The log of one call. Every line names the call, and the request that asked for it:

    `invocation_id` is Lambda's, as in its own START and REPORT lines; `request_id` is the API's, as
    in its access log and in the answer; `client_request_id` is what the client calls it.
    """

    def __init__(
        self,
        context: Context | None = None,
        *,
        request_id: str | None = None,
        client_request_id: str | None = None,
    ) -> None:
        call = {
            "function": context.function_name if context else None,
            "invocation_id": context.aws_request_id if context else None,
            "request_id": request_id,
            "client_request_id": client_request_id,
        }
        self._call = {name: value for name, value in call.items() if value is not None}

    def info(self, message: str, **fields: object) -> None:
        self._line("INFO", message, fields)

    def warning(self, message: str, **fields: object) -> None:
        self._line("WARNING", message, fields)

    def failure(self, message: str, error: BaseException, **fields: object) -> None:
        """An exception by its name and place. Not its words: those of a database quote the row."""
        self._line("ERROR", message, {"error": chain(error), "where": places(error), **fields})

    def _line(self, level: str, message: str, fields: Mapping[str, object]) -> None:
        if unknown := set(fields) - FIELDS:
            raise ValueError(
                f"{sorted(unknown)} may not be logged: use one of {sorted(FIELDS)}, or add it to "
                "FIELDS if it can never hold a secret or anybody's text"
            )
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = {"time": now, "level": level, "message": message, **self._call, **fields}
        # One write: of two threads that print, one's line break may come after the other's line.
        print(json.dumps(line, default=str) + "\n", end="", file=sys.stdout, flush=True)


def chain(error: BaseException) -> str:
    """`DatabaseUnavailableError < OperationalError`: the names of an error and its causes."""
    names: list[str] = []
    current: BaseException | None = error
    while current is not None and len(names) < 5:
        names.append(type(current).__name__)
        current = current.__cause__
    return " < ".join(names)


def places(error: BaseException) -> list[str]:
    """Where it was raised, innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
