"""Calls of a task: made once, noted, and answered from the notes when the run is replayed."""

from __future__ import annotations

import contextvars
import json
import threading
from collections.abc import Callable
from typing import Any

from pilaster_emulator.executions.journal import ASKED, BEGAN, OUTCOME
from pilaster_emulator.executions.run import Run, now, place, running

_inside: contextvars.ContextVar[bool] = contextvars.ContextVar("pilaster_inside", default=False)


def inside() -> bool:
    """Whether this thread makes a call, in which it is no longer the run's."""
    return _inside.get()


CALLBACK = ".waitForTaskToken"
_LONGEST = 99_999_999
"""Seconds a task without a limit may take; AWS's own."""


def install() -> None:
    """Put the notes between ministack's tasks and what they call."""
    from ministack.services import stepfunctions as states

    plain, timed = states._invoke_resource, states._invoke_resource_with_timeout

    def invoke(resource: str, given: Any) -> Any:
        return _once(lambda: plain(resource, given))

    def invoke_timed(resource: str, given: Any, timeout: float) -> Any:
        return _once(lambda: timed(resource, given, timeout))

    def invoke_and_wait(resource: str, given: Any, token: str, state: Any) -> Any:
        run, where = running.get(), place.get()
        if run is None or where is None:
            raise states._ExecutionError("States.Runtime", f"{resource} outside of an execution")
        return _ask(run, where.attempt_key(), resource, given, token, state)

    states._invoke_resource = invoke
    states._invoke_resource_with_timeout = invoke_timed
    states._invoke_with_callback = invoke_and_wait
    _install_answers(states)


def _once(call: Callable[[], Any]) -> Any:
    """The outcome of the call the run makes here; another thread of it makes the call itself."""
    from ministack.services import stepfunctions as states

    run, where = running.get(), place.get()
    if run is None or where is None or _inside.get():
        return call()
    run.check()
    key = where.attempt_key()
    if run.journal.get(OUTCOME, key) is None:
        run.journal.note(BEGAN, key, None)
        token = _inside.set(True)
        try:
            outcome = {"result": call()}
        except states._ExecutionError as error:
            outcome = _failure(error.error, error.cause)
        finally:
            _inside.reset(token)
        run.check()
        run.journal.note(OUTCOME, key, outcome)
    return _said(states, run.journal.get(OUTCOME, key))


def _failure(error: str, cause: str) -> dict[str, Any]:
    return {"error": error, "cause": cause}


def _said(states: Any, outcome: dict[str, Any]) -> Any:
    if "error" in outcome:
        raise states._ExecutionError(outcome["error"], outcome["cause"])
    return outcome["result"]


def _ask(run: Run, key: str, resource: str, given: Any, token: str, state: Any) -> Any:
    """Hand the token over, unless that was done before, and wait for who has it."""
    from ministack.services import stepfunctions as states

    known = run.journal.get(OUTCOME, key)
    if known is None:
        info = expect(run, key, token)
        with run.listening(info["event"]):
            try:
                if run.journal.get(ASKED, key) is None:
                    began = now()
                    run.journal.note(BEGAN, key, None)
                    _hand_over(states, resource, given)
                    run.journal.note(ASKED, key, {"token": token, "at": began})
                _wait(run, key, info, state)
            except states._ExecutionError as error:
                run.journal.note(OUTCOME, key, _failure(error.error, error.cause))
            finally:
                states._task_tokens.pop(token, None)
        run.check()
        known = run.journal.get(OUTCOME, key)
    return _said(states, known)


def expect(run: Run, key: str, token: str) -> dict[str, Any]:
    """Take answers to that token; once, however often it is called."""
    from ministack.services import stepfunctions as states

    info = states._task_tokens.get(token)
    if info is None:
        info = {
            "event": threading.Event(),
            "beat": now(),
            "run": run,
            "key": key,
        }
        states._task_tokens[token] = info
    return info


def _hand_over(states: Any, resource: str, given: Any) -> None:
    token = _inside.set(True)
    try:
        states._invoke_resource(resource.removesuffix(CALLBACK), given)
    finally:
        _inside.reset(token)


def _wait(run: Run, key: str, info: dict[str, Any], state: Any) -> None:
    """Until it is answered, or took too long: also while the emulator was down."""
    from ministack.services import stepfunctions as states

    asked = run.journal.get(ASKED, key)["at"]
    until = asked + state.get("TimeoutSeconds", _LONGEST)
    beats = state.get("HeartbeatSeconds")
    while run.journal.get(OUTCOME, key) is None:
        run.check()
        silent_at = info["beat"] + beats if beats else until
        left = min(until, silent_at) - now()
        if left <= 0:
            name = "States.Timeout" if until <= silent_at else "States.HeartbeatTimeout"
            raise states._ExecutionError(name, "Nobody answered in time.")
        # A wait that is longer than a C long of milliseconds is refused by some platforms.
        info["event"].wait(min(left, 86_400))
        info["event"].clear()


def _install_answers(states: Any) -> None:
    from ministack.core.responses import error_response_json, json_response

    def answered(data: dict[str, Any], outcome: Callable[[], dict[str, Any]]) -> Any:
        info = states._task_tokens.get(data.get("taskToken"))
        if info is None or "run" not in info:
            return None
        run, key = info["run"], info["key"]
        if run.record["status"] != "RUNNING" or run.journal.get(OUTCOME, key) is not None:
            return error_response_json("TaskTimedOut", "The task is not waited for any more", 400)
        run.journal.note(OUTCOME, key, outcome())
        info["event"].set()
        return json_response({})

    success, failure, beat = (
        states._send_task_success,
        states._send_task_failure,
        states._send_task_heartbeat,
    )

    def send_success(data: dict[str, Any]) -> Any:
        try:
            result = json.loads(data.get("output", "{}"))
        except ValueError:
            return error_response_json("InvalidOutput", "The output is not JSON", 400)
        return answered(data, lambda: {"result": result}) or success(data)

    def send_failure(data: dict[str, Any]) -> Any:
        said = _failure(data.get("error", "TaskFailed"), data.get("cause", ""))
        return answered(data, lambda: said) or failure(data)

    def send_beat(data: dict[str, Any]) -> Any:
        info = states._task_tokens.get(data.get("taskToken"))
        if info is not None and "run" in info:
            info["beat"] = now()
        return beat(data)

    states._send_task_success = send_success
    states._send_task_failure = send_failure
    states._send_task_heartbeat = send_beat
