"""One invocation, and what came of it, in Lambda's words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

PAYLOAD_LIMIT = 6 * 1024 * 1024 + 100
"""Bytes of a synchronous invocation's payload and response: 6 MB and a little, as Lambda counts."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a function is called with."""

    request_id: str
    event: bytes
    function_arn: str
    trace: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The function's answer, or an error with the type that Retry and Catch look for."""

    body: Any
    failed: bool
    log: str


@dataclass(frozen=True)
class Answer:
    """What a process posted to the Runtime API, or what happened to it instead."""

    body: Any
    failed: bool


def answered(content: bytes) -> Answer:
    """The response of a handler that returned."""
    if len(content) > PAYLOAD_LIMIT:
        return failure(
            "Function.ResponseSizeTooLarge",
            f"Response payload size exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes).",
        )
    try:
        return Answer(json.loads(content) if content else None, False)
    except ValueError as error:
        return failure("Runtime.InvalidResponse", f"the response is not JSON: {error}")


def raised(content: bytes) -> Answer:
    """The error a runtime reports: type, message and trace, as the handler's code raised it."""
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, dict) or "errorType" not in body:
        return failure("Runtime.UnknownError", content.decode(errors="replace")[:1000])
    return Answer(body, True)


def failure(kind: str, message: str) -> Answer:
    return Answer({"errorType": kind, "errorMessage": message}, True)


def timed_out(request_id: str, seconds: float) -> Answer:
    return failure(
        "Sandbox.Timedout",
        f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds",
    )


def exited(request_id: str, status: int) -> Answer:
    """The process ended in the middle of a call. A shell's way: over 128, a signal ended it."""
    by_signal = status < 0 or status > 128
    number = -status if status < 0 else status - 128
    how = _SIGNALS.get(number, str(number)) if by_signal else ""
    reason = f"signal: {how}" if by_signal else f"exit status {status}"
    return failure(
        "Runtime.ExitError",
        f"RequestId: {request_id} Error: Runtime exited with error: {reason}",
    )


_SIGNALS = {6: "aborted", 9: "killed", 11: "segmentation fault", 15: "terminated"}
