"""A state machine's definition, walked in memory: what our flows use of the States Language.

Everything else is refused by name. Pauses are counted and not waited for.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

State = dict[str, Any]
MOST_STATES = 100
"""A walk that enters more goes round in circles."""


class TaskError(Exception):
    """A task failed under that name."""

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.cause = cause


@dataclass
class Walk:
    """What a run came to."""

    status: str = "RUNNING"
    state: State = field(default_factory=dict[str, Any])
    error: str | None = None
    entered: list[str] = field(default_factory=list[str])
    """The states, in order: each is a transition AWS bills."""
    retries: int = 0
    """Each is a transition as well."""
    largest: int = 0
    """Bytes of the largest state."""


def walk(
    definition: Mapping[str, Any],
    given: State,
    *,
    call: Callable[[str, Any], Any],
    publish: Callable[[list[Any]], None],
    ask: Callable[[str, Any], Any],
    stop_before: int | None = None,
) -> Walk:
    """`call`: a function by its ARN; `ask`: the same, answering what comes with the token.

    `stop_before` ends the run before it enters the state of that number, from outside.
    Each raises TaskError, or an error whose class's name is the error's.
    """
    done = Walk(state=copy.deepcopy(given))
    name: str | None = definition["StartAt"]
    while name is not None:
        assert len(done.entered) < MOST_STATES, f"in circles: {done.entered[-9:]}"
        if len(done.entered) == stop_before:
            done.status = "ABORTED"
            return done
        done.entered.append(name)
        done.largest = max(done.largest, len(json.dumps(done.state).encode()))
        state = definition["States"][name]
        match state["Type"]:
            case "Succeed":
                break
            case "Fail":
                done.status, done.error = "FAILED", state["Error"]
                return done
            case "Choice":
                name = _chosen(state, done.state)
            case "Task":
                try:
                    name = _task(state, done, call, publish, ask)
                except TaskError as error:
                    done.status, done.error = "FAILED", error.name
                    return done
            case kind:
                raise NotImplementedError(f"state {name!r} is a {kind}")
    done.status = "SUCCEEDED"
    return done


def _task(state: State, done: Walk, call: Any, publish: Any, ask: Any) -> str | None:
    tried: dict[int, int] = {}
    while True:
        try:
            done.state = _result(state, done.state, _made(state, done.state, call, publish, ask))
            return state.get("Next")
        except Exception as error:
            if isinstance(error, (AssertionError, NotImplementedError)):
                raise
            known = error if isinstance(error, TaskError) else TaskError(type(error).__name__)
            retry = next(_matching(state.get("Retry", []), known.name), None)
            if retry is not None and tried.get(retry, 0) < state["Retry"][retry]["MaxAttempts"]:
                tried[retry] = tried.get(retry, 0) + 1
                done.retries += 1
                continue
            caught = next(_matching(state.get("Catch", []), known.name), None)
            if caught is None:
                raise known from error
            catch = state["Catch"][caught]
            said = {"Error": known.name, "Cause": known.cause}
            done.state = _at(catch["ResultPath"], done.state, said)
            return catch["Next"]


def _matching(entries: list[State], error: str) -> Iterator[int]:
    for number, entry in enumerate(entries):
        names = entry["ErrorEquals"]
        failed = "States.TaskFailed" in names and error != "States.Timeout"
        if error in names or "States.ALL" in names or failed:
            yield number


def _made(state: State, given: State, call: Any, publish: Any, ask: Any) -> Any:
    # A service reads JSON, whatever Python's objects share.
    sent = json.loads(json.dumps(given))
    match state["Resource"].rpartition(":::")[2]:
        case "lambda:invoke":
            assert state["Parameters"]["Payload.$"] == "$"
            return {"Payload": call(state["Parameters"]["FunctionName"], sent)}
        case "lambda:invoke.waitForTaskToken":
            return ask(state["Parameters"]["FunctionName"], sent)
        case "events:putEvents":
            entries = sent[state["Parameters"]["Entries.$"].removeprefix("$.")]
            assert 1 <= len(entries) <= 10, f"PutEvents takes one to ten entries: {len(entries)}"
            publish(entries)
            return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]}
        case other:
            raise NotImplementedError(other)


def _result(state: State, given: State, result: Any) -> State:
    if "ResultSelector" in state:
        result = {
            name.removesuffix(".$"): result[path.removeprefix("$.")]
            for name, path in state["ResultSelector"].items()
        }
    after = _at(state.get("ResultPath", "$"), given, result)
    return after[state["OutputPath"].removeprefix("$.")] if "OutputPath" in state else after


def _at(path: str | None, given: State, result: Any) -> State:
    if path is None:
        return given
    if path == "$":
        return result
    return {**given, path.removeprefix("$."): result}


def _chosen(state: State, given: State) -> str:
    for rule in state["Choices"]:
        if all(_holds(each, given) for each in rule.get("And", [rule])):
            return rule["Next"]
    return state["Default"]


def _holds(rule: State, given: State) -> bool:
    name = rule["Variable"].removeprefix("$.")
    if "IsPresent" in rule:
        return (name in given) == rule["IsPresent"]
    assert name in given, f"a comparison of {name}, which is not there, fails the run"
    if "StringEquals" in rule:
        return given[name] == rule["StringEquals"]
    raise NotImplementedError(str(rule))
