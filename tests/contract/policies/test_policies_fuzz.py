"""Nothing raises and no secret is said, whatever stands where: in our `prod`, and in strangers'.

Pieces of both, with what they are made of, and properties replaced at any depth. All rules are
asked, those over the stack as well.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pilaster_policies.registry import RULES, Finding, Graph, Resource, Rule
from pilaster_policies.telling import hidden_in, told
from pilaster_policies.values import SecretText, Unknown

from tests.support.plan_strangers import MISTAKES, TAKEN
from tests.support.policy_cases_access import CASES as ACCESS
from tests.support.policy_cases_platform import CASES as PLATFORM
from tests.support.policy_mutations import previewed

HUSH = "hUsH-zQ9xV"
"""In every secret. No part of any message may hold it, in whatever case."""
DEEP: Any = None
for _ in range(30):  # deeper than protobuf lets through; texts may be deeper
    DEEP = {"Statement": [DEEP], "environment": DEEP} if DEEP is None else {"Statement": [DEEP]}


def _gone() -> Any:
    return None


GONE = _gone
ODD: Sequence[Any] = (
    *(GONE, None, True, False, 0, -1, 0.5, float("nan"), float("inf"), 10**400, "", " ", "*", "\0"),
    *([], {}, [[]], [None], {"": None}, [{}], [Unknown()], {"x": Unknown(secret=True)}),
    *(Unknown(), Unknown(secret=True), "x" * 100_000, "\ud800", "İ\u202e\u0000\U0001f511", "ſK"),
    *(["*"] * 3_000, {str(n): n for n in range(3_000)}, DEEP, "[" * 5_000, "{" * 5_000),
    *('{"Statement": ' * n + "1" + "}" * n for n in (60, 400, 5_000)),
    *('[{"env": ' * n + "1" + "}]" * n for n in (30, 200)),
    '{"Statement": {"Effect": "Allow", "Condition": {"NumericEquals": {"s3:max-keys": 1e999}}}}',
    *('{"Statement": {"Effect": "Allow", "Action": "*", "Action": "x"}}', "${}", "arn:aws:::::"),
    *("0.0.0.0/0", "::/0", "-1", "999999999999", "2012-10-17", "{{resolve:x}}", "%", "://:@"),
)
SECRETS: Sequence[Any] = (
    SecretText(HUSH),
    SecretText(f"arn:aws:iam::999999999999:role/{HUSH}"),
    SecretText(f"{HUSH} " * 30),
    SecretText(f"postgres://app:{HUSH}@db/app"),
    [SecretText(HUSH), SecretText(f"s3:{HUSH}*")],
    {"name": "PASSWORD", "value": SecretText(HUSH), SecretText(HUSH): 1},
    *(
        SecretText(json.dumps(each))
        for each in (
            {"Statement": [{"Effect": "Allow", "Action": f"s3:{HUSH}*", "Sid": HUSH}]},
            {"Statement": {"Effect": "Allow", "Principal": {"AWS": f"*{HUSH}"}, "Action": HUSH}},
            {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": HUSH,
                           "Condition": {"StringLike": {HUSH: HUSH}}, "Principal": "*"}},
            [{"name": "app", "environment": [{"name": HUSH, "value": f"AKIA{HUSH}"}],
              "command": [f"--{HUSH}-password={HUSH}"]}],
            {"paths": {f"/{HUSH}": {"get": {"security": []}}}},
        )
    ),
)  # fmt: skip


@cache
def prod() -> Graph:
    return previewed("prod")


@cache
def strangers() -> list[Resource]:
    things = [each for *_, case in ACCESS + PLATFORM for each in case]
    programs = [(type_, props) for _, type_, props in (*MISTAKES, *TAKEN)]
    both = [*programs, *((each.type, each.props) for each in things)]
    return [
        Resource(
            type=type_,
            name=f"stranger-{number}",
            urn=f"urn:pulumi:prod::p::{type_}::stranger-{number}",
            props=props,
            provider={"allowedAccountIds": '["111111111111"]'},
        )
        for number, (type_, props) in enumerate(both)
    ]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path and path[-1] is not json:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))
    elif isinstance(value, str) and value[:1] in ("{", "["):
        try:
            yield from places(json.loads(value), (*path, json))
        except (ValueError, RecursionError):
            return


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with something else there. `json` in a path: what stands there is a text of it."""
    key, *rest = path
    if key is json:
        made = put(json.loads(value), tuple(rest), new)
        try:
            text = json.dumps(made)
        except (TypeError, RecursionError):
            return Unknown()  # an unknown inside a document: it is unknown as a whole
        return SecretText(text) if HUSH in text else text
    changed = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        changed[key] = put(value[key], tuple(rest), new)
    elif new is GONE:
        del changed[key]
    else:
        changed[key] = new
    return changed


@st.composite
def stacks(draw: st.DrawFn) -> tuple[Graph, list[Resource]]:
    """Some of a stack with what it is made of, and which of it was changed."""
    own, others = prod(), strangers()
    chosen = draw(st.lists(st.sampled_from(list(own)), min_size=1, max_size=6))
    chosen += draw(st.lists(st.sampled_from(others), min_size=1, max_size=6))
    wanted, waiting = {}, list(chosen)
    while waiting:
        each = waiting.pop()
        if each.urn not in wanted:
            wanted[each.urn] = copy.copy(each)
            waiting += [n for needs in each.needs.values() for n in needs]
    for each in wanted.values():
        each.needs = {k: [wanted[n.urn] for n in needs] for k, needs in each.needs.items()}
        each.asked = {}
    changed = [wanted[each.urn] for each in chosen]
    for each in changed:
        for _ in range(draw(st.integers(1, 3))):
            there = [*places(each.props)]
            if there:
                new = draw(st.sampled_from([*ODD, *SECRETS, *SECRETS]))
                each.props = put(each.props, draw(st.sampled_from(there)), new)
    graph = Graph(wanted[urn] for urn in sorted(wanted))
    graph.tags, graph.boundary = ["project"], "arn:aws:iam::*:policy/edge"
    graph.sources = ["states.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com"]
    return graph, changed


def judge(graph: Graph, changed: list[Resource]) -> None:
    of: dict[str, list[tuple[Rule, Finding]]] = {each.urn: [] for each in graph}
    for rule in RULES.values():
        for each in changed:
            of[each.urn] += [(rule, finding) for finding in rule.findings(each)]
        for resource, finding in rule.graph_findings(graph):
            of[resource.urn].append((rule, finding))
    hidden = hidden_in(graph)
    for resource in graph:
        for each in told(resource, of[resource.urn], hidden, lambda *_: False):
            assert HUSH.lower() not in each.text.lower(), (resource.type, each)


_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@settings(max_examples=60, deadline=None, suppress_health_check=_SLOW)
@given(stack=stacks())
def test_whatever_stands_there_nothing_raises_and_no_secret_is_said(
    stack: tuple[Graph, list[Resource]],
) -> None:
    judge(*stack)


@pytest.mark.long
@settings(max_examples=3_000, deadline=None, suppress_health_check=_SLOW)
@given(stack=stacks())
def test_nor_in_three_thousand_stacks(stack: tuple[Graph, list[Resource]]) -> None:
    judge(*stack)
