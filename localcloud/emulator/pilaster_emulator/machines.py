"""State machines within AWS' limits: their role's permissions and 256 KB of state.

ministack calls a task's service as itself, whatever the machine's role says, and passes any size
on. What a task needs is in a table; a service that is not in it is refused by name.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from typing import Any

from pilaster_emulator import permissions

STATE_LIMIT = 256 * 1024
_SIZED = {
    "stateEnteredEventDetails": "input",
    "stateExitedEventDetails": "output",
    "taskSucceededEventDetails": "output",
}

_machine: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar(
    "pilaster_machine", default=None
)


class _TooLargeError(Exception):
    """Not an error of ministack's, so that no Catch takes it: on AWS none can."""


def install() -> None:
    """Put these checks in front of ministack's own functions."""
    from ministack.services import stepfunctions as states

    execute, invoke = states._execute_task, states._invoke_resource
    call_back, add_event = states._invoke_with_callback, states._add_event
    start = states._start_execution

    def execute_task(state: Any, given: Any, execution: Any, context: Any) -> Any:
        token = _machine.set(states._state_machines.get(execution["stateMachineArn"]))
        try:
            return execute(state, given, execution, context)
        except _TooLargeError as error:
            raise states._ExecutionError("States.DataLimitExceeded", str(error)) from error
        finally:
            _machine.reset(token)

    def invoke_resource(resource: str, given: Any) -> Any:
        _check(states, resource, given)
        answer = invoke(resource, given)
        if "events:putEvents" in resource and answer.get("FailedEntryCount"):
            reason = f"{answer['FailedEntryCount']} entries were refused"
            raise states._ExecutionError("EventBridge.FailedEntry", reason)
        return answer

    def invoke_with_callback(resource: str, given: Any, *more: Any) -> Any:
        _check(states, resource, given)
        return call_back(resource, given, *more)

    def add_event_within_limit(execution: Any, kind: str, details: Any = None) -> Any:
        for name, field in _SIZED.items():
            text = ((details or {}).get(name) or {}).get(field) or ""
            if len(text.encode()) > STATE_LIMIT:
                what = f"The {field} of {kind} has {len(text.encode())} bytes"
                reason = f"{what}: the maximum number of bytes of a state is {STATE_LIMIT}"
                if kind == "TaskSucceeded":
                    raise _TooLargeError(reason)
                raise states._ExecutionError("States.DataLimitExceeded", reason)
        return add_event(execution, kind, details)

    def start_execution(data: dict[str, Any]) -> Any:
        from ministack.core.responses import error_response_json

        size = len(str(data.get("input", "")).encode())
        if size > STATE_LIMIT:
            reason = f"Value at 'input' has {size} bytes: it must have at most {STATE_LIMIT}"
            return error_response_json("ValidationException", reason, 400)
        return start(data)

    states._execute_task = execute_task
    states._invoke_resource = invoke_resource
    states._invoke_with_callback = invoke_with_callback
    states._add_event = add_event_within_limit
    states._start_execution = start_execution


def _check(states: Any, resource: str, given: Any) -> None:
    """Refuse what the machine's role does not allow."""
    machine = _machine.get()
    if machine is None:
        return
    for action, target in _needed(states, resource, given if isinstance(given, dict) else {}):
        refused = permissions.role_may(machine["roleArn"], machine["name"][:64], action, target)
        if refused is not None:
            service = action.partition(":")[0]
            name = "Lambda.AWSLambdaException" if service == "lambda" else None
            raise states._ExecutionError(
                name or f"{_ERROR_NAMES.get(service, service)}.AccessDeniedException", refused
            )


_ERROR_NAMES = {
    "events": "EventBridge",
    "sqs": "SQS",
    "sns": "SNS",
    "dynamodb": "DynamoDB",
    "states": "StepFunctions",
}


def _needed(states: Any, resource: str, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The actions and resources a task of this kind needs."""
    from ministack.core.responses import get_account_id, get_region

    kind = resource.removesuffix(".waitForTaskToken").removesuffix(":2").removesuffix(".sync")
    kind = kind.removeprefix("arn:aws:states:::").removeprefix("aws-sdk:")
    here = f"{get_region()}:{get_account_id()}"
    if resource.startswith("arn:aws:lambda:"):
        yield "lambda:InvokeFunction", resource
    elif ":activity:" in resource:
        return
    elif (known := _TASKS.get(kind)) is not None:
        yield from known(given, here)
    else:
        raise states._ExecutionError(
            "States.Runtime",
            f"{resource}: the local cloud does not know which permission this needs, "
            "so it does not run it",
        )


def _lambda(given: dict[str, Any], here: str) -> Iterator[tuple[str, str]]:
    name = str(given.get("FunctionName", ""))
    arn = name if name.startswith("arn:") else f"arn:aws:lambda:{here}:function:{name}"
    yield "lambda:InvokeFunction", arn


def _events(given: dict[str, Any], here: str) -> Iterator[tuple[str, str]]:
    for entry in given.get("Entries") or []:
        bus = str(entry.get("EventBusName") or "default")
        yield "events:PutEvents", bus if ":" in bus else f"arn:aws:events:{here}:event-bus/{bus}"


def _queue(given: dict[str, Any], here: str) -> Iterator[tuple[str, str]]:
    name = str(given.get("QueueUrl", "")).rpartition("/")[2]
    yield "sqs:SendMessage", f"arn:aws:sqs:{here}:{name}"


def _topic(given: dict[str, Any], here: str) -> Iterator[tuple[str, str]]:
    yield "sns:Publish", str(given.get("TopicArn", ""))


def _execution(given: dict[str, Any], here: str) -> Iterator[tuple[str, str]]:
    yield "states:StartExecution", str(given.get("StateMachineArn", ""))


def _item(action: str) -> Callable[[dict[str, Any], str], Iterator[tuple[str, str]]]:
    def needed(given: dict[str, Any], here: str) -> Iterator[tuple[str, str]]:
        table = str(given.get("TableName", ""))
        yield action, table if ":" in table else f"arn:aws:dynamodb:{here}:table/{table}"

    return needed


_TASKS: dict[str, Callable[[dict[str, Any], str], Iterator[tuple[str, str]]]] = {
    "lambda:invoke": _lambda,
    "events:putEvents": _events,
    "eventbridge:putEvents": _events,
    "sqs:sendMessage": _queue,
    "sns:publish": _topic,
    "states:startExecution": _execution,
    "sfn:startExecution": _execution,
    **{
        f"dynamodb:{name[0].lower()}{name[1:]}": _item(f"dynamodb:{name}")
        for name in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query")
    },
}
