"""The small languages inside strings: never a crash, whatever JSON comes, and cases by name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pilaster_local.providers.aws.plan.grammars import (
    arns,
    event_patterns,
    paths,
    policies,
    schedules,
    states,
)

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
FORMS = [policies.INLINE, policies.TRUST, policies.BUCKET, policies.REPOSITORY]


def _of(words: list[str], values: st.SearchStrategy[Any] = ANY) -> st.SearchStrategy[Any]:
    """Objects with some of the language's own words, so that the depths are reached."""
    return st.dictionaries(st.sampled_from(words), values, max_size=6)


def _words(text: str) -> list[str]:
    return text.split()


OPERATORS = _words("prefix suffix anything-but numeric exists cidr wildcard equals-ignore-case")
STATEMENT = _of(_words("Sid Effect Principal NotPrincipal Action NotAction Resource Condition"))
STATE = _of(
    _words(
        "Type Next End Resource Parameters ResultPath InputPath Retry Catch Choices "
        "Default Branches ItemProcessor Iterator Seconds Timestamp Error Cause "
        "TimeoutSeconds HeartbeatSeconds Assign QueryLanguage Arguments Output "
        "MaxConcurrency ItemsPath"
    ),
    ANY
    | st.sampled_from(["Task", "Pass", "Choice", "Wait", "Map", "Parallel", "Fail", "JSONata", "$"])
    | st.lists(_of(_words("ErrorEquals Next And Or Not Variable StringEquals Condition"))),
)


@settings(max_examples=300, deadline=None)
@given(document=ANY | _of(["Version", "Statement"], ANY | STATEMENT | st.lists(STATEMENT)))
def test_any_json_gets_an_answer_as_a_policy(document: Any):
    for form in FORMS:
        assert all(isinstance(said, str) for said in policies.problems(json.dumps(document), form))


@settings(max_examples=300, deadline=None)
@given(
    document=ANY
    | _of(
        ["StartAt", "States", "TimeoutSeconds", "QueryLanguage", "Version"],
        ANY | st.dictionaries(st.sampled_from("abc"), STATE, max_size=3) | st.sampled_from("abc"),
    )
)
def test_any_json_gets_an_answer_as_a_state_machine(document: Any):
    for express in (False, True):
        found = list(states.problems(json.dumps(document), express=express))
        assert all(isinstance(said, str) for said in found)


@settings(max_examples=300, deadline=None)
@given(document=ANY | st.dictionaries(st.text(max_size=5), st.lists(_of(
    OPERATORS))))  # fmt: skip
def test_any_json_gets_an_answer_as_an_event_pattern(document: Any):
    assert all(isinstance(said, str) for said in event_patterns.problems(json.dumps(document)))


@settings(max_examples=300, deadline=None)
@given(text=st.text() | st.text(alphabet="cronate(),-*/?#LW0123456789 ") | st.text("$.[]'(){}%"))
def test_any_text_gets_an_answer(text: str):
    list(schedules.problems(text))
    list(schedules.problems(f"cron({text})"))
    arns.problem(text)
    arns.problem(f"arn:aws:{text}")
    for check in (paths.path, paths.reference, paths.template, paths.jsonata):
        check(text)
        check(f"$.{text}")
        check(f"States.Format({text})")
    for check_document in (event_patterns.problems, states.problems):
        list(check_document(text))
    for form in FORMS:
        list(policies.problems(text, form))


@pytest.mark.parametrize(
    "text",
    ["rate(1 minute)", "rate(5 minutes)", "rate(1 day)", "cron(0 8 * * ? *)",
     "cron(0/15 * ? * * *)",
     "cron(15 12 ? * MON-FRI *)", "cron(0 18 L * ? *)", "cron(0 9 ? * 2#1 *)", "cron(0 9 ? * 6L *)",
     "cron(0 8 1W * ? 2026-2030)", "cron(0,30 8-10 * JAN,JUL ? *)"],
)  # fmt: skip
def test_a_schedule_of_the_guide_is_right(text: str):
    assert list(schedules.problems(text)) == []


@pytest.mark.parametrize(
    "text",
    ["rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "rate(-1 days)", "rate(1.5 hours)",
     "rate(5 weeks)", "rate(5minutes)", "cron(0 8 * * *)", "cron(0 8 * * * *)", "cron(0 8 ? * ? *)",
     "cron(60 8 * * ? *)", "cron(0 24 * * ? *)", "cron(0 8 0 * ? *)", "cron(0 8 * 13 ? *)",
     "cron(0 8 ? * 8 *)", "cron(0 8 ? * MOO *)", "cron(? 8 * * ? *)", "at(2026-01-01T00:00:00)",
     "every hour", "cron(0 8 * * ? 1900)", "cron(0/0 8 * * ? *)", "RATE(5 minutes)"],
)  # fmt: skip
def test_a_schedule_that_is_none_is_found(text: str):
    assert list(schedules.problems(text))


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": ["aws.s3"], "detail": {"object": {"key": [{"prefix": "uploads/"}]}}},
        {"detail": {"size": [{"numeric": [">", 0, "<=", 5]}], "who": [{"exists": False}]}},
        {"detail": {"name": [{"anything-but": {"prefix": "x"}}, {"wildcard": "a*b"}, None, 3]}},
        {"$or": [{"source": ["a"]}, {"detail": {"b": [{"cidr": "10.0.0.0/24"}]}}]},
        {"detail": {"n": [{"suffix": ".png"}, {"equals-ignore-case": "A"}]}},
        {"detail": {"n": [{"anything-but": ["a", "b"]}, {"prefix": {"equals-ignore-case": "a"}}]}},
    ],
)
def test_a_pattern_with_every_operator_is_right(pattern: dict[str, Any]):
    assert list(event_patterns.problems(json.dumps(pattern))) == []


@pytest.mark.parametrize(
    "pattern",
    [{}, {"source": "aws.s3"}, {"source": []}, {"source": [["a"]]}, {"a": [{"starts": "x"}]},
     {"a": [{"numeric": [">"]}]}, {"a": [{"numeric": [">", "5"]}]}, {"a": [{"exists": "yes"}]},
     {"a": [{"cidr": "10.0.0.0/64"}]}, {"a": [{"wildcard": "**"}]}, {"$or": [{"a": ["b"]}]},
     {"a": [{"prefix": "x", "suffix": "y"}]}, {"a": {}}, {"a": [{"anything-but": []}]}],
)  # fmt: skip
def test_a_pattern_that_aws_does_not_read_is_found(pattern: dict[str, Any]):
    assert list(event_patterns.problems(json.dumps(pattern)))


def machine(**state: Any) -> dict[str, Any]:
    return {"StartAt": "a", "States": {"a": {"End": True, **state}}}


def jsonata(**state: Any) -> dict[str, Any]:
    return {**machine(**state), "QueryLanguage": "JSONata"}


TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}
CALL = {**TASK, "Parameters": {"FunctionName": "f"}}
WAITS = {**CALL, "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken"}


@pytest.mark.parametrize(
    "definition",
    [
        machine(Type="Pass", Result={"a": 1}, ResultPath="$.b['c'][0]"),
        machine(**WAITS, TimeoutSeconds=60, HeartbeatSeconds=10),
        machine(Type="Task", Resource="arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken"),
        machine(Type="Task", Resource="arn:aws:states:eu-west-2:123456789012:activity:by-hand"),
        machine(Type="Task", Resource="arn:aws:lambda:eu-west-2:123456789012:function:f:live"),
        machine(
            **{**CALL, "Parameters": {"FunctionName": "f", "Payload": {
                "id.$": "States.Format('{}-{}', $.a, States.UUID())", "token.$": "$$.Task.Token",
                "all.$": "$", "some.$": "$..name[?(@.x > 1)]", "known.$": "$variable.key"}}}
        ),
        machine(Type="Map", ItemProcessor={
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            **machine(**CALL),
        }, ItemReader={"Resource": "arn:aws:states:::s3:getObject"}, Label="x"),
        machine(Type="Task", Resource="arn:aws:states:::states:startExecution.sync:2",
                Parameters={"StateMachineArn": "m"}),
        jsonata(Type="Task", Resource="arn:aws:states:::lambda:invoke",
                Arguments={"FunctionName": "{% $states.input.f %}"}, Output="{% $states.result %}",
                Assign={"seen": "{% 1 + 1 %}"}),
        {"StartAt": "a", "QueryLanguage": "JSONata", "States": {
            "a": {"Type": "Choice", "Choices": [{"Condition": "{% $x > 1 %}", "Next": "b"}],
                  "Default": "b"}, "b": {"Type": "Succeed"}}},
        {"StartAt": "a", "States": {
            "a": {"Type": "Choice", "Default": "b", "Choices": [{"Next": "c", "And": [
                {"Variable": "$.n", "IsPresent": True}, {"Not": {
                    "Variable": "$.n", "NumericGreaterThanEqualsPath": "$.m"}}]}]},
            "b": {"Type": "Wait", "Timestamp": "2026-01-31T08:00:00Z", "Next": "c"},
            "c": {"Type": "Fail", "ErrorPath": "$.error",
                  "CausePath": "States.Format('{}', $.c)"}}},
    ],
)  # fmt: skip
def test_a_definition_that_aws_takes_is_right(definition: dict[str, Any]):
    assert list(states.problems(json.dumps(definition))) == []


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (machine(), "Type is one of"),
        (machine(Type="Sleep"), "Type is one of"),
        (machine(**TASK), "needs 'FunctionName'"),
        (machine(Type="Task"), "needs a Resource"),
        (machine(**CALL, Next="a"), "either Next or End"),
        (machine(Type="Pass", ResultPath="$..a"), "names no one place"),
        (machine(Type="Pass", InputPath="a.b"), "is no path"),
        (machine(**CALL, HeartbeatSeconds=60, TimeoutSeconds=30), "must be less than"),
        (machine(**CALL, TimeoutSeconds=0), "whole number from 1"),
        (machine(**CALL, Retry=[{"ErrorEquals": []}]), "ErrorEquals is a list"),
        (machine(**CALL, Retry=[{"ErrorEquals": ["States.Timeouts"]}]), "there is no error"),
        (machine(**CALL, Retry=[{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["X"]}]), "last"),
        (machine(**CALL, Retry=[{"ErrorEquals": ["X"], "Interval": 1}]), "has no field 'Interval'"),
        (machine(**CALL, Catch=[{"ErrorEquals": ["X"], "Next": "b"}]), "does not exist"),
        (machine(Type="Wait"), "exactly one of"),
        (machine(Type="Wait", Timestamp="tomorrow"), "Timestamp is written"),
        (machine(Type="Task", Resource="arn:aws:states:::sqs:send"), "no integration"),
        (machine(Type="Task", Resource="arn:aws:states:::sqs:sendMessage.sync"), "cannot be"),
        (machine(Type="Task", Resource="arn:aws:states:::aws-sdk:sqs:SendMessage"), "lower case"),
        (machine(Type="Task", Resource="arn:aws:states:::aws-sdk:sqs:sendMessages"), "no action"),
        (machine(Type="Task", Resource="arn:aws:sns:eu-west-2:123456789012:t"), "is no task"),
        (machine(Type="Map"), "needs an ItemProcessor"),
        (machine(Type="Parallel", Branches=[machine(Type="Nap")]), "Type is one of"),
        (machine(**{**CALL, "Parameters": {"FunctionName": "f", "Payload.$": "States.Formt('a')"}}),
         "no intrinsic function"),
        (machine(**{**CALL, "Parameters": {"FunctionName": "f", "Payload.$": 3}}), "is no path"),
        (machine(Type="Pass", Output="x"), "for the query language JSONata"),
        (jsonata(Type="Pass", ResultPath="$.a"), "for the query language JSONPath"),
        (jsonata(Type="Pass", Output="{% 1 + (2 %}"), "brackets or quotes"),
        ({"StartAt": "a", "States": {"a": {"Type": "Pass", "Next": "a"}}}, "no state ends"),
        ({**machine(Type="Pass"), "TimeoutSecs": 5}, "did you mean 'TimeoutSeconds'"),
        ({"StartAt": "a", "States": {"a": {"Type": "Succeed"}, "b": {"Type": "Succeed"}}},
         "'b' is never reached"),
        ({"StartAt": "n" * 81, "States": {"n" * 81: {"Type": "Succeed"}}}, "more than 80"),
    ],
)  # fmt: skip
def test_a_definition_that_aws_refuses_is_named(definition: dict[str, Any], said: str):
    found = list(states.problems(json.dumps(definition)))
    assert any(said in each for each in found), found


def test_an_express_workflow_does_not_wait_for_a_token():
    assert any(
        "EXPRESS" in said for said in states.problems(json.dumps(machine(**WAITS)), express=True)
    )


def statement(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}


def found(form: policies.Form, *statements: dict[str, Any]) -> list[str]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return list(policies.problems(json.dumps(document), form))


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"ForAllValues:StringLike": {"aws:TagKeys": ["a*", "b"]}},
        {"StringEqualsIfExists": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}},
        {"Null": {"aws:TokenIssueTime": "true"}},
        {"NumericLessThan": {"s3:max-keys": 10}},
        {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b*"}},
        {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}},
    ],
)
def test_a_condition_of_each_kind_is_right(condition: dict[str, Any]):
    assert found(policies.INLINE, statement(Condition=condition)) == []


@pytest.mark.parametrize(
    ("form", "given", "said"),
    [
        (policies.INLINE, {"Effect": "allow"}, "Effect is"),
        (policies.INLINE, {"Action": []}, "Action is a string"),
        (policies.INLINE, {"Action": "GetObject"}, "is no action"),
        (policies.INLINE, {"Resource": "bucket/*"}, "neither '*' nor an ARN"),
        (policies.INLINE, {"Resource": "arn:aws:s3:eu-west-2:123456789012:b"}, "has no region"),
        (policies.INLINE, {"Resource": "arn:aws:sqs:eu-west-9:123456789012:q"}, "no region"),
        (policies.INLINE, {"Resource": "arn:aws:sqs:eu-west-2:12345:q"}, "twelve digits"),
        (policies.INLINE, {"Principal": "*"}, "has no place"),
        (policies.INLINE, {"Sid": "no spaces"}, "Sid"),
        (policies.INLINE, {"Conditions": {}}, "did you mean 'Condition'"),
        (policies.INLINE, {"Condition": {"StringEqual": {"aws:x": "y"}}}, "did you mean"),
        (policies.INLINE, {"Condition": {"Bool": {"aws:SecureTransport": "maybe"}}}, "true or"),
        (policies.INLINE, {"Condition": {"Bool": {"SecureTransport": "true"}}}, "is no key"),
        (policies.INLINE, {"Condition": {"DateLessThan": {"aws:CurrentTime": "soon"}}}, "a date"),
        (policies.BUCKET, {}, "needs Principal"),
        (policies.BUCKET, {"Principal": {"AWS": "teacher"}}, "Principal AWS"),
        (policies.BUCKET, {"Principal": {"Services": "x.amazonaws.com"}}, "no principals"),
        (policies.BUCKET, {"Principal": {"Service": "lamda.amazonaws.com"}}, "is known"),
        (policies.QUEUE, {"Principal": "*"}, "of 'sqs' only"),
        (policies.TRUST, {"Principal": "*"}, "Resource has no place"),
    ],
)  # fmt: skip
def test_a_statement_that_aws_refuses_is_named(
    form: policies.Form, given: dict[str, Any], said: str
):
    answers = found(form, statement(**given))
    assert any(said in each for each in answers), answers


def test_a_policy_has_the_size_that_its_kind_allows():
    grown = [
        statement(Sid=f"s{number}", Resource=f"arn:aws:s3:::{'b' * 60}") for number in range(60)
    ]
    assert any("6,144" in said for said in found(policies.MANAGED, *grown))
    assert not any("characters at most" in said for said in found(policies.BUCKET, *grown))


def test_a_key_that_stands_twice_is_found():
    said = list(policies.problems('{"Statement": [], "Statement": []}', policies.INLINE))
    assert "stands twice" in said[0]
