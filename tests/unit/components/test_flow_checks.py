"""A flow is checked when it is written down."""

from __future__ import annotations

import pytest
from pilaster.flow import (
    EVERY_ERROR,
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


def task(function: str, next: str | None = None, **more: object) -> Step:
    return Step(task=Task(function=function, next=next, **more))  # type: ignore[arg-type]


def test_a_step_that_leads_nowhere_is_refused_by_name():
    with pytest.raises(ValueError, match=r"step 'a' leads to 'b', which is no step"):
        Flow(start="a", steps={"a": task("f", "b")})


def test_a_start_or_error_branch_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="start leads to 'x'"):
        Flow(start="x", steps={"a": task("f")})
    with pytest.raises(ValueError, match="on_error leads to 'x'"):
        Flow(start="a", steps={"a": task("f")}, on_error="x")


def test_a_step_nobody_leads_to_is_refused():
    with pytest.raises(ValueError, match="no step leads to 'b'"):
        Flow(start="a", steps={"a": task("f"), "b": task("g")})


def test_the_error_branch_counts_as_reached():
    flow = Flow(start="a", steps={"a": task("f"), "b": task("g")}, on_error="b")
    assert flow.falls_to_error("a")
    assert not flow.falls_to_error("b")


def test_a_catch_a_choice_and_an_event_lead_on():
    steps = {
        "a": task("f", "c", catch=[Catch(errors=["GoneError"], next="end")]),
        "c": Step(choice=Choice(when=[When(path="x", present=True, next="p")], default="end")),
        "p": Step(publish=Publish(event="done", source="s", detail={}, next="stop")),
        "stop": Step(fail=Fail(error="E", cause="c")),
        "end": Step(succeed=Succeed()),
    }
    assert Flow(start="a", steps=steps).reach("a") == set(steps)


def test_a_step_is_exactly_one_thing():
    with pytest.raises(ValueError, match="exactly one of"):
        Step()
    with pytest.raises(ValueError, match="exactly one of"):
        Step(task=Task(function="f"), succeed=Succeed())


def test_a_question_leads_on_and_where_its_errors_lead():
    steps = {
        "ask": Step(
            ask=Ask(
                function="ask",
                next="end",
                timeout_seconds=60,
                catch=[Catch(errors=[EVERY_ERROR], next="late")],
            )
        ),
        "late": task("late"),
        "end": Step(succeed=Succeed()),
    }
    flow = Flow(start="ask", steps=steps)
    assert flow.reach("ask") == set(steps)
    assert flow.functions() == ["ask", "late"]


@pytest.mark.parametrize("seconds", [0, 31_536_001])
def test_a_question_waits_for_a_second_at_least_and_a_year_at_most(seconds: int):
    with pytest.raises(ValueError, match=f"waits for {seconds} seconds"):
        Ask(function="ask", next="end", timeout_seconds=seconds)


def test_every_error_is_caught_alone():
    with pytest.raises(ValueError, match="stands alone"):
        Catch(errors=["GoneError", EVERY_ERROR], next="end")
    with pytest.raises(ValueError, match="names no error"):
        Catch(errors=[], next="end")


@pytest.mark.parametrize(
    "wrong",
    [{}, {"event": "e"}, {"source": "s"}, {"event": "e", "source": "s", "entries": "events"}],
)
def test_events_are_said_here_or_stand_in_the_state(wrong: dict[str, str]):
    with pytest.raises(ValueError, match="`event` and `source`, or stands in the state"):
        Publish(**wrong)


def test_a_bus_that_does_not_listen_may_lead_elsewhere():
    steps = {
        "say": Step(publish=Publish(entries="events", next="end", or_else="alone")),
        "alone": task("f"),
        "end": Step(succeed=Succeed()),
    }
    assert Flow(start="say", steps=steps).reach("say") == set(steps)


def test_a_condition_says_exactly_one_thing():
    with pytest.raises(ValueError, match="says nothing"):
        When(path="x", next="a")
    with pytest.raises(ValueError, match="says two things"):
        When(path="x", next="a", equals="1", at_least=1)


def test_a_condition_may_be_false_or_zero():
    assert When(path="x", next="a", present=False).present is False
    assert When(path="x", next="a", at_least=0).at_least == 0


def test_a_retry_names_errors_and_waits_longer_than_at_first():
    with pytest.raises(ValueError, match="names no error"):
        Retry(errors=[])
    with pytest.raises(ValueError, match="longest_seconds 5 must be more"):
        Retry(errors=["E"], first_after_seconds=5, longest_seconds=5)


def test_functions_are_named_once_however_many_tasks_call_them():
    flow = Flow(start="a", steps={"a": task("save", "b"), "b": task("save")})
    assert flow.functions() == ["save"]
