"""A flow in Amazon's States Language. The only place that writes it."""

from collections.abc import Mapping
from typing import Any

import pulumi

from pilaster.flow import EVERY_ERROR, Ask, Catch, Choice, Flow, Publish, Retry, Step, Task, When

PASSING = (
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
)
"""Errors of the platform that pass; AWS asks every state machine to retry them."""

EVENTS_PASSING = ("States.TaskFailed",)
"""Telling the bus has no error of ours in it: whatever goes wrong there may pass."""

State = dict[str, Any]


def definition(
    flow: Flow, *, functions: Mapping[str, pulumi.Input[str]], bus: pulumi.Input[str]
) -> State:
    """The state machine: `functions` are ARNs by the flow's names, `bus` the bus's name."""
    return {
        "StartAt": flow.start,
        "TimeoutSeconds": flow.timeout_seconds,
        "States": {
            name: _state(flow, name, step, functions, bus) for name, step in flow.steps.items()
        },
    }


def _state(
    flow: Flow,
    name: str,
    step: Step,
    functions: Mapping[str, pulumi.Input[str]],
    bus: pulumi.Input[str],
) -> State:
    if step.task:
        return _task(step.task, functions[step.task.function], _catch(flow, name, step.task))
    if step.ask:
        return _ask(step.ask, functions[step.ask.function], _catch(flow, name, step.ask))
    if step.choice:
        return _choice(step.choice)
    if step.publish:
        return _publish(step.publish, bus)
    if step.fail:
        return {"Type": "Fail", "Error": step.fail.error, "Cause": step.fail.cause}
    return {"Type": "Succeed"}


def _task(task: Task, function: pulumi.Input[str], catch: list[State]) -> State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload.$": "$"},
        # The answer is the new state; the envelope around it (headers, request id) is not.
        "OutputPath": "$.Payload",
        "TimeoutSeconds": task.timeout_seconds,
        "Retry": [_retrier(Retry(errors=PASSING)), *map(_retrier, task.retry)],
        **({"Catch": catch} if catch else {}),
        **_next(task.next),
    }


def _ask(ask: Ask, function: pulumi.Input[str], catch: list[State]) -> State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": function,
            "Payload": {"state.$": "$", "token.$": "$$.Task.Token"},
        },
        "ResultPath": _path(ask.answer),
        "TimeoutSeconds": ask.timeout_seconds,
        "Retry": [_retrier(Retry(errors=PASSING)), *map(_retrier, ask.retry)],
        **({"Catch": catch} if catch else {}),
        "Next": ask.next,
    }


def _catch(flow: Flow, name: str, call: Task | Ask) -> list[State]:
    catch = [_catcher(each) for each in call.catch]
    takes_all = any(EVERY_ERROR in each.errors for each in call.catch)
    if flow.on_error and flow.falls_to_error(name) and not takes_all:
        catch.append(_catcher(Catch(errors=[EVERY_ERROR], next=flow.on_error)))
    return catch


def _catcher(catch: Catch) -> State:
    return {"ErrorEquals": list(catch.errors), "ResultPath": _path(catch.into), "Next": catch.next}


def _retrier(retry: Retry) -> State:
    return {
        "ErrorEquals": list(retry.errors),
        "IntervalSeconds": retry.first_after_seconds,
        "MaxAttempts": retry.attempts,
        "BackoffRate": retry.backoff,
        "MaxDelaySeconds": retry.longest_seconds,
        # Runs that failed together must not come back together.
        "JitterStrategy": "FULL",
    }


def _choice(choice: Choice) -> State:
    return {
        "Type": "Choice",
        "Choices": [_rule(when) for when in choice.when],
        "Default": choice.default,
    }


def _rule(when: When) -> State:
    variable = _path(when.path)
    if when.present is not None:
        return {"Variable": variable, "IsPresent": when.present, "Next": when.next}
    if when.equals is not None:
        test: State = {"StringEquals": when.equals}
    elif when.at_least is not None:
        test = {"NumericGreaterThanEquals": when.at_least}
    else:
        test = {"NumericLessThan": when.less_than}
    # A comparison of a key that is not there fails the whole run; it should just not match.
    present = {"Variable": variable, "IsPresent": True}
    return {"And": [present, {"Variable": variable, **test}], "Next": when.next}


def _publish(publish: Publish, bus: pulumi.Input[str]) -> State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::events:putEvents",
        "Parameters": _entries(publish, bus),
        **_told(publish),
        "Retry": [_retrier(Retry(errors=EVENTS_PASSING))],
        **_catch_publish(publish),
        **_next(publish.next),
    }


def _entries(publish: Publish, bus: pulumi.Input[str]) -> State:
    if publish.entries:
        return {"Entries.$": _path(publish.entries)}
    entry: State = {
        "EventBusName": bus,
        "Source": publish.source,
        "DetailType": publish.event,
        "Detail": {f"{name}.$": _path(path) for name, path in publish.detail.items()},
    }
    return {"Entries": [entry]}


def _told(publish: Publish) -> State:
    if publish.told is None:
        return {"ResultPath": None}  # what was said is not part of what is known
    # Of the bus's answer, ids of its own, nothing is worth carrying but that there was one.
    told = {"refused.$": "$.FailedEntryCount"}
    return {"ResultSelector": told, "ResultPath": _path(publish.told)}


def _catch_publish(publish: Publish) -> State:
    if publish.or_else is None:
        return {}
    catch = Catch(errors=[EVERY_ERROR], next=publish.or_else, into="untold")
    return {"Catch": [_catcher(catch)]}


def _path(keys: str) -> str:
    return f"$.{keys}"


def _next(following: str | None) -> State:
    return {"Next": following} if following else {"End": True}
