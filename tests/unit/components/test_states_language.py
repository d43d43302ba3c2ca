"""A flow in Amazon's States Language, to the letter."""

from __future__ import annotations

from pilaster.aws import asl
from pilaster.flow import (
    Ask,
    Catch,
    Choice,
    Fail,
    Flow,
    Publish,
    Retry,
    Step,
    Succeed,
    Task,
    When,
)

FUNCTIONS = {"read": "arn:read", "save": "arn:save"}
PLATFORM_RETRY = {
    "ErrorEquals": [
        "Lambda.AWSLambdaException",
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.SdkClientException",
        "Lambda.ServiceException",
        "Lambda.TooManyRequestsException",
    ],
    "IntervalSeconds": 1,
    "MaxAttempts": 3,
    "BackoffRate": 2.0,
    "MaxDelaySeconds": 30,
    "JitterStrategy": "FULL",
}


def states(steps: dict[str, Step], on_error: str | None = None) -> dict[str, object]:
    flow = Flow(start=next(iter(steps)), steps=steps, on_error=on_error)
    return asl.definition(flow, functions=FUNCTIONS, bus="the-bus")["States"]


def test_a_machine_has_a_start_a_limit_and_its_states():
    flow = Flow(start="end", steps={"end": Step(succeed=Succeed())}, timeout_seconds=60)
    assert asl.definition(flow, functions={}, bus="the-bus") == {
        "StartAt": "end",
        "TimeoutSeconds": 60,
        "States": {"end": {"Type": "Succeed"}},
    }


def test_a_task_calls_its_function_with_the_state_and_its_answer_is_the_state():
    retry = Retry(errors=["DatabaseUnavailableError"], attempts=4, first_after_seconds=2)
    step = Step(task=Task(function="read", timeout_seconds=9, retry=[retry]))
    assert states({"read": step}) == {
        "read": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "arn:read", "Payload.$": "$"},
            "OutputPath": "$.Payload",
            "TimeoutSeconds": 9,
            "Retry": [
                PLATFORM_RETRY,
                {
                    "ErrorEquals": ["DatabaseUnavailableError"],
                    "IntervalSeconds": 2,
                    "MaxAttempts": 4,
                    "BackoffRate": 2.0,
                    "MaxDelaySeconds": 30,
                    "JitterStrategy": "FULL",
                },
            ],
            "End": True,
        }
    }


def test_errors_go_where_the_task_says_and_the_rest_where_the_flow_says():
    caught = Catch(errors=["DocumentGoneError"], next="end")
    found = states(
        {
            "read": Step(task=Task(function="read", next="end", catch=[caught])),
            "save failure": Step(task=Task(function="save", next="end")),
            "end": Step(succeed=Succeed()),
        },
        on_error="save failure",
    )
    assert found["read"]["Catch"] == [
        {"ErrorEquals": ["DocumentGoneError"], "ResultPath": "$.error", "Next": "end"},
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "save failure"},
    ]
    assert "Catch" not in found["save failure"], "an error branch that caught itself would not end"


def test_a_choice_takes_a_key_that_is_not_there_for_no_match():
    found = states(
        {
            "which": Step(
                choice=Choice(
                    when=[
                        When(path="refused", present=True, next="end"),
                        When(path="verdict", equals="complete", next="end"),
                        When(path="page.confidence", at_least=98, next="end"),
                        When(path="page.confidence", less_than=80, next="end"),
                    ],
                    default="end",
                )
            ),
            "end": Step(succeed=Succeed()),
        }
    )
    assert found["which"] == {
        "Type": "Choice",
        "Choices": [
            {"Variable": "$.refused", "IsPresent": True, "Next": "end"},
            {
                "And": [
                    {"Variable": "$.verdict", "IsPresent": True},
                    {"Variable": "$.verdict", "StringEquals": "complete"},
                ],
                "Next": "end",
            },
            {
                "And": [
                    {"Variable": "$.page.confidence", "IsPresent": True},
                    {"Variable": "$.page.confidence", "NumericGreaterThanEquals": 98},
                ],
                "Next": "end",
            },
            {
                "And": [
                    {"Variable": "$.page.confidence", "IsPresent": True},
                    {"Variable": "$.page.confidence", "NumericLessThan": 80},
                ],
                "Next": "end",
            },
        ],
        "Default": "end",
    }


def test_an_event_is_put_on_the_bus_and_leaves_the_state_as_it_was():
    publish = Publish(event="job.completed", source="documents", detail={"id": "document"})
    assert states({"tell": Step(publish=publish)})["tell"] == {
        "Type": "Task",
        "Resource": "arn:aws:states:::events:putEvents",
        "Parameters": {
            "Entries": [
                {
                    "EventBusName": "the-bus",
                    "Source": "documents",
                    "DetailType": "job.completed",
                    "Detail": {"id.$": "$.document"},
                }
            ]
        },
        "ResultPath": None,
        "Retry": [{**PLATFORM_RETRY, "ErrorEquals": ["States.TaskFailed"]}],
        "End": True,
    }


def test_events_of_the_state_are_told_as_they_stand_there():
    publish = Publish(entries="events", told="told", next="end", or_else="end")
    assert states({"tell": Step(publish=publish), "end": Step(succeed=Succeed())})["tell"] == {
        "Type": "Task",
        "Resource": "arn:aws:states:::events:putEvents",
        "Parameters": {"Entries.$": "$.events"},
        "ResultSelector": {"refused.$": "$.FailedEntryCount"},
        "ResultPath": "$.told",
        "Retry": [{**PLATFORM_RETRY, "ErrorEquals": ["States.TaskFailed"]}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.untold", "Next": "end"}],
        "Next": "end",
    }


def test_a_question_hands_over_the_state_and_a_token_and_waits():
    ask = Ask(
        function="save",
        next="end",
        timeout_seconds=604_800,
        answer="decision",
        catch=[Catch(errors=["States.Timeout"], next="end", into="late")],
    )
    found = states(
        {"ask": Step(ask=ask), "end": Step(succeed=Succeed()), "failed": Step(succeed=Succeed())},
        on_error="failed",
    )
    assert found["ask"] == {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": "arn:save",
            "Payload": {"state.$": "$", "token.$": "$$.Task.Token"},
        },
        "ResultPath": "$.decision",
        "TimeoutSeconds": 604_800,
        "Retry": [PLATFORM_RETRY],
        "Catch": [
            {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.late", "Next": "end"},
            {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "failed"},
        ],
        "Next": "end",
    }


def test_what_catches_every_error_itself_does_not_fall_to_the_error_branch():
    caught = Catch(errors=["States.ALL"], next="end", into="unread")
    found = states(
        {
            "read": Step(task=Task(function="read", next="end", catch=[caught])),
            "save failure": Step(task=Task(function="save", next="end")),
            "end": Step(succeed=Succeed()),
        },
        on_error="save failure",
    )
    assert found["read"]["Catch"] == [
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.unread", "Next": "end"}
    ]


def test_a_failure_says_what_and_why():
    failed = Step(fail=Fail(error="DocumentFailed", cause="see the history"))
    assert states({"stop": failed})["stop"] == {
        "Type": "Fail",
        "Error": "DocumentFailed",
        "Cause": "see the history",
    }
