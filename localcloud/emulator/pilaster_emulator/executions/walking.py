"""Walking through a machine's states, as ministack does, so that the walk can be repeated.

The definition is the one the execution began with, whatever was deployed since.
"""

from __future__ import annotations

import contextlib
import json
import logging
import uuid
from datetime import datetime
from typing import Any

from pilaster_emulator.executions.run import KEPT_WHILE_RUNNING, EndedError, Run, running

runs: dict[str, Run] = {}
"""Those that are under way, by ARN."""

log = logging.getLogger("pilaster.executions")


def install() -> None:
    """Put our walk in the place of ministack's, and what it needs around the states' own code."""
    from ministack.services import stepfunctions as states

    _install_history(states)
    _install_saving(states)
    stock_fail = states._fail_execution

    def fail(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            stock_fail(execution, error, cause)
            _forget(execution)

    states._fail_execution = fail
    states._run_execution = walk


def prepare(record: dict[str, Any]) -> None:
    """Write down what the execution needs when it is begun again; once."""
    from ministack.services import stepfunctions as states

    if "tokens_from" in record:
        return
    machine = states._state_machines.get(record["stateMachineArn"]) or {}
    record["definition"] = machine.get("definition", "{}")
    try:
        limit = json.loads(record["definition"]).get("TimeoutSeconds")
    except (ValueError, AttributeError):
        limit = None
    began = datetime.fromisoformat(record["startDate"].replace("Z", "+00:00")).timestamp()
    record["deadline"] = began + limit if limit else None
    record["tokens_from"] = str(uuid.uuid4())


def walk(arn: str) -> None:
    """Run the execution from its start to its end; what was done before is not done again."""
    from ministack.services import stepfunctions as states

    record = states._executions.get(arn)
    if record is None:
        return
    prepare(record)
    run = runs.setdefault(arn, Run(record))
    token = running.set(run)
    try:
        _walk(states, run)
    except EndedError:
        log.info("%s was ended: %s", arn, record["status"])
    except states._ExecutionError as error:
        states._fail_execution(record, error.error, error.cause)
    except Exception as error:  # as ministack does: the run fails, the emulator does not
        log.exception("unexpected error in %s", arn)
        states._fail_execution(record, "States.Runtime", str(error))
    finally:
        running.reset(token)
        runs.pop(arn, None)
        _forget(record)


def _walk(states: Any, run: Run) -> None:
    record = run.record
    definition = _definition(states, record)
    data = _parsed(record["input"], {})
    context = {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": record["executionArn"],
            "Input": data,
            "Name": record["name"],
            "StartTime": record["startDate"],
        },
        "StateMachine": {
            "Id": record["stateMachineArn"],
            "Name": record["stateMachineArn"].rpartition(":")[2],
        },
        "variables": {},
    }
    name = definition["StartAt"]
    while name:
        run.check()
        state = definition["States"].get(name)
        if state is None:
            raise states._ExecutionError("States.Runtime", f"there is no state {name!r}")
        kind = state.get("Type")
        context["State"] = {"Name": name, "EnteredTime": states.now_iso(), "RetryCount": 0}
        _tell(states, record, f"{kind}StateEntered", "stateEnteredEventDetails", name, input=data)
        data, following = _step(states, kind, state, data, record, context)
        _tell(states, record, f"{kind}StateExited", "stateExitedEventDetails", name, output=data)
        name = following
    run.check()
    output = json.dumps(data)
    record.update(status="SUCCEEDED", output=output, stopDate=states.now_iso())
    details = {"executionSucceededEventDetails": {"output": output}}
    states._add_event(record, "ExecutionSucceeded", details)
    states._emit_execution_status_event(record)


def _definition(states: Any, record: dict[str, Any]) -> dict[str, Any]:
    definition = _parsed(record["definition"], {})
    if definition.get("StartAt") not in definition.get("States", {}):
        raise states._ExecutionError("States.Runtime", "the state machine has no state to start at")
    return definition


def _parsed(text: str, otherwise: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return otherwise


def _tell(
    states: Any, record: dict[str, Any], kind: str, details: str, name: str, **data: Any
) -> None:
    said = {what: json.dumps(value) for what, value in data.items()}
    states._add_event(record, kind, {details: {"name": name, **said}})


def _step(
    states: Any, kind: str, state: Any, data: Any, record: dict[str, Any], context: dict[str, Any]
) -> tuple[Any, str | None]:
    if kind == "Succeed":
        data = states._apply_input_path(state, data, context)
        return states._apply_output_path(state, data, context), None
    if kind == "Fail":
        raise states._ExecutionError(*states._fail_state_error(state, data, context))
    # Looked up by name when they are called: others put their own checks around them.
    if kind in ("Task", "Parallel", "Map"):
        return getattr(states, f"_execute_{kind.lower()}")(state, data, record, context)
    if kind in ("Pass", "Choice", "Wait"):
        return getattr(states, f"_execute_{kind.lower()}")(state, data, context)
    raise states._ExecutionError("States.Runtime", f"there is no type of state {kind!r}")


def _forget(record: dict[str, Any]) -> None:
    """What only a run needs is not kept with what has ended."""
    if record["status"] != "RUNNING":
        record.update({name: None for name in KEPT_WHILE_RUNNING if name in record})
        record["journal"] = []


def _install_history(states: Any) -> None:
    add_event = states._add_event

    def add(record: dict[str, Any], kind: str, details: Any = None) -> Any:
        run = running.get()
        known = run.already() if run is not None and run.record is record else None
        return known or add_event(record, kind, details)

    states._add_event = add


def _install_saving(states: Any) -> None:
    get_state = states.get_state

    def get_all() -> Any:
        for _ in range(9):
            # A record that gets a new key meanwhile cannot be copied; a moment later it can.
            with contextlib.suppress(RuntimeError):
                return get_state()
        return get_state()

    states.get_state = get_all
