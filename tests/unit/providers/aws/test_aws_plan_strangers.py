"""What others write is judged rightly: their mistakes are found, what is merely unusual passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pilaster_local.providers.aws import plan
from pilaster_local.providers.aws.plan.grammars import schedules

from tests.support.plan_strangers import MISTAKES, TAKEN, allow, policy


@dataclass(frozen=True)
class Planned:
    type: str
    inputs: dict[str, Any]
    urn: str = "urn:pulumi:prod::shop::aws:a/b:C::it"
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)


def said(token: str, inputs: dict[str, Any]) -> list[tuple[str, str]]:
    found = plan.check([Planned(token, inputs)], region="eu-west-2", account="111122223333")
    return [(finding.property, finding.message) for finding in found]


@pytest.mark.parametrize(("what", "token", "inputs"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_strangers_mistake_is_found(what: str, token: str, inputs: dict[str, Any]):
    assert said(token, inputs)


@pytest.mark.parametrize(("what", "token", "inputs"), TAKEN, ids=[t[0] for t in TAKEN])
def test_what_is_unusual_and_right_is_let_pass(what: str, token: str, inputs: dict[str, Any]):
    assert said(token, inputs) == []


@pytest.mark.parametrize("text", ["at(2027-02-30T08:00:00)", "at(2027-02-28)", "every day"])
def test_a_moment_that_never_comes_is_no_schedule(text: str):
    assert list(schedules.problems(text, once=True))


def test_the_scheduler_takes_the_plural_of_one_and_a_rule_does_not():
    assert list(schedules.problems("rate(1 minutes)", once=True)) == []
    assert list(schedules.problems("rate(1 minutes)"))


@pytest.mark.parametrize("day", ["0W", "32W", "W"])
def test_a_weekday_is_next_to_a_day_there_is(day: str):
    assert list(schedules.problems(f"cron(0 8 {day} * ? *)"))


def test_a_policy_of_other_than_a_rest_api_names_whole_arns():
    short = policy(allow(Action="execute-api:Invoke", Resource="execute-api:/*"))
    [(path, message)] = said("aws:iam/policy:Policy", {"name": "p", "policy": short})
    assert path == "policy"
    assert "ARN of six parts" in message


def test_types_with_rules_and_no_row_are_not_listed_as_held_by_schema_only():
    tokens = ("aws:scheduler/schedule:Schedule", "aws:sqs/queue:Queue", "aws:ecs/cluster:Cluster")
    assert plan.schema_only(Planned(token, {}) for token in tokens) == ["aws:ecs/cluster:Cluster"]


def test_a_type_without_a_row_is_not_looked_for_among_those_that_have_one(
    monkeypatch: pytest.MonkeyPatch,
):
    """The nearest name takes milliseconds to find, and nobody reads it."""

    def never(*_given: object) -> list[str]:
        raise AssertionError("the nearest type was looked for")

    monkeypatch.setattr("difflib.get_close_matches", never)
    assert said("aws:ecs/cluster:Cluster", {"name": "web"}) == []
