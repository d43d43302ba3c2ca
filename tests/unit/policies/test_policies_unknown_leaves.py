"""What breaks a rule, and is not known yet in any one place, is never a pass.

Every stack of a stranger's that breaks a rule, and each example of ours, with each of its
properties made unknown in turn, at every depth.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from pilaster_policies.controls import CATALOG
from pilaster_policies.testing import SIGNATURE, Thing

from tests.support.judging import UNKNOWN, Court
from tests.support.policy_cases_access import CASES as ACCESS
from tests.support.policy_cases_access import OURS
from tests.support.policy_cases_platform import CASES as PLATFORM

SETTINGS = {"graph": {"tags": ["project", "owner"], "boundary": f"arn:aws:iam::{OURS}:policy/edge"}}
BROKEN = [
    *((what, things) for what, _, broken, things in ACCESS + PLATFORM if broken),
    *((f"example of {rule}", tuple(entry.broken)) for rule, entry in CATALOG.items()),
]


@cache
def court() -> Court:
    return Court(stack="prod", settings=SETTINGS)


def rules(things: tuple[Thing, ...]) -> tuple[set[str], set[str]]:
    """Those that are broken, and those that cannot tell."""
    said = court().on_stack(things)
    return (
        {each.rule for each in said if each.level == "mandatory"},
        {each.rule.removesuffix("-unknown") for each in said if each.level == "advisory"},
    )


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict) and SIGNATURE not in value:
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def unknown_at(props: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    made = copy.deepcopy(props)
    holder: Any = made
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = UNKNOWN
    return made


@pytest.mark.parametrize(
    ("what", "things"), [pytest.param(what, things, id=what) for what, things in BROKEN]
)
def test_what_breaks_a_rule_is_no_pass_once_it_is_not_known(
    what: str, things: tuple[Thing, ...]
) -> None:
    broken, _ = rules(things)
    passed: list[str] = []
    for number, thing in enumerate(things):
        for path in places(thing.props):
            changed = replace(thing, props=unknown_at(thing.props, path))
            still, waiting = rules((*things[:number], changed, *things[number + 1 :]))
            passed += [f"{thing.name}: {path}: {rule}" for rule in broken - still - waiting]
    assert passed == []
