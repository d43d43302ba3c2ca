"""Exceptions: one rule, one resource, a reason; one that nothing needs is an error."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.judging import Court, Thing

ROUTE = "aws:apigatewayv2/route:Route"
STACK = Thing("pulumi:pulumi:Stack", "p-dev")
HEALTH = Thing(ROUTE, "health", {"routeKey": "GET /health"})
LISTED = {
    "rule": "aws-open-route",
    "resource": "health",
    "reason": "Monitors ask whether it answers.",
}


def said(exceptions: Any, *things: Thing) -> list[tuple[str, str]]:
    found = Court(exceptions).on_stack([STACK, *things])
    return [(one.rule, one.text) for one in found]


def test_an_exception_covers_its_rule_on_its_resource() -> None:
    assert said([LISTED], HEALTH) == []
    assert said([{**LISTED, "resource": f"urn:pulumi:dev::p::{ROUTE}::health"}], HEALTH) == []


def test_it_covers_no_other_resource_and_no_other_rule() -> None:
    other = Thing(ROUTE, "other", {"routeKey": "GET /other"})
    assert [rule for rule, _ in said([LISTED], HEALTH, other)] == ["aws-open-route"]
    elsewhere = {**LISTED, "rule": "aws-public-bucket"}
    assert [rule for rule, _ in said([elsewhere], HEALTH)] == ["aws-open-route", "exceptions"]


def test_it_covers_what_only_the_whole_stack_shows() -> None:
    default = Thing(ROUTE, "health", {"routeKey": "$default"})
    assert said([LISTED], default) == []


def test_one_that_is_not_needed_is_an_error() -> None:
    closed = Thing(ROUTE, "health", {"routeKey": "GET /health", "authorizationType": "AWS_IAM"})
    assert said([LISTED], closed) == [
        (
            "exceptions",
            "the exception aws-open-route on health is not needed: nothing there breaks the rule. "
            "Fix: take it out",
        )
    ]


def test_one_that_ended_covers_nothing() -> None:
    ended = {**LISTED, "expires": "2020-01-01"}
    assert [rule for rule, _ in said([ended], HEALTH)] == ["aws-open-route", "exceptions"]
    assert said([{**LISTED, "expires": "2999-01-01"}], HEALTH) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({**LISTED, "rule": "aws-open-routes"}, "there is no rule 'aws-open-routes'"),
        ({**LISTED, "reason": " "}, "reason is missing"),
        ({**LISTED, "because": "x"}, "'because' is not known"),
        ({**LISTED, "expires": "soon"}, "expires is no day"),
        ("health", "is not an object"),
    ],
)
def test_one_that_cannot_be_read_covers_nothing_and_is_said(entry: Any, problem: str) -> None:
    found = said([entry], HEALTH)
    assert [rule for rule, _ in found] == ["exceptions", "aws-open-route"]
    assert problem in found[0][1]


def test_the_same_one_twice_is_said() -> None:
    assert [rule for rule, _ in said([LISTED, LISTED], HEALTH)] == ["exceptions"]


def test_without_configuration_there_are_none() -> None:
    assert [rule for rule, _ in said(None, HEALTH)] == ["aws-open-route"]


def test_one_for_a_stack_is_for_no_other_and_missed_in_none() -> None:
    assert said([{**LISTED, "stack": "dev"}], HEALTH) == []
    assert [rule for rule, _ in said([{**LISTED, "stack": "prod"}], HEALTH)] == ["aws-open-route"]
    closed = Thing(ROUTE, "health", {"routeKey": "GET /health", "authorizationType": "AWS_IAM"})
    assert said([{**LISTED, "stack": "prod"}], closed) == []
    [(rule, text)] = said([{**LISTED, "stack": "dev"}], closed)
    assert (rule, text.partition(" is not needed")[0]) == (
        "exceptions",
        "the exception aws-open-route on health of dev",
    )
