"""What one value may be: small tests that a table lays on properties.

A test says what is wrong, or nothing. What is not known yet is never tested.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from ipaddress import ip_network
from typing import Any

from pilaster_local.providers.aws.plan.finding import Said, shown
from pilaster_local.providers.aws.plan.grammars import arns, event_patterns, policies, schedules
from pilaster_local.providers.aws.values import UNKNOWN

Wrong = Iterable[str]
Test = Callable[[Any], Wrong]
Table = Mapping[str, Test]
"""Tests by path: `rules[].status`, `tags{}` (each value), `tags{key}` (each key)."""


def held(table: Table, inputs: Mapping[str, Any]) -> Said:
    """What of the inputs fails its test."""
    for path, test in table.items():
        for where, value in _found(inputs, _steps(path), ""):
            for said in test(value):
                yield where, said


@cache
def _steps(path: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^.\[\]{}]+|\[\]|\{key\}|\{\}", path))


def _found(value: Any, steps: tuple[str, ...], path: str) -> Iterator[tuple[str, Any]]:
    if value is UNKNOWN or value is None:
        return
    if not steps:
        yield path, value
        return
    step, rest = steps[0], steps[1:]
    if step == "[]":
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _found(item, rest, f"{path}[{index}]")
    elif step in ("{}", "key"):
        if isinstance(value, Mapping):
            for key, item in value.items():
                yield from _found(key if step == "key" else item, rest, f"{path}.{key}")
    elif isinstance(value, Mapping) and step in value:
        yield from _found(value[step], rest, f"{path}.{step}" if path else step)


# -- tests ----------------------------------------------------------------------------------------


def number(low: float, high: float, *, step: float = 0, also: tuple[float, ...] = ()) -> Test:
    """From `low` to `high`, in steps; some values beside that."""

    def test(value: Any) -> Wrong:
        try:
            found = float(value)
        except (TypeError, ValueError):
            return
        if found in also:
            return
        if not low <= found <= high:
            beside = f" (or {', '.join(map(_plain, also))})" if also else ""
            yield f"{_plain(found)} is not from {_plain(low)} to {_plain(high)}{beside}"
        elif step and (found / step) % 1:
            yield f"{_plain(found)} is no multiple of {_plain(step)}"

    return test


def _plain(value: float) -> str:
    return f"{value:,.10g}"


def one_of(*allowed: Any) -> Test:
    def test(value: Any) -> Wrong:
        if value not in allowed:
            listed = ", ".join(map(str, allowed))
            yield f"{shown(value)} is none of {listed}"

    return test


def text(pattern: str, says: str, *, most: int = 0, least: int = 0) -> Test:
    """A string of this form. Where the length is wrong, the form is not spoken of."""
    compiled = re.compile(pattern, re.DOTALL | re.ASCII)

    def test(value: Any) -> Wrong:
        if not isinstance(value, str):
            return
        if most and len(value) > most:
            yield f"{len(value)} characters are too many: {most} at most"
        elif len(value) < least:
            yield f"{len(value)} characters are too few: {least} at least"
        elif not compiled.fullmatch(value):
            yield f"{shown(value)} is not {says}"

    return test


def count(low: int, high: int, of: str = "entries") -> Test:
    def test(value: Any) -> Wrong:
        if isinstance(value, list | Mapping) and not low <= len(value) <= high:
            yield f"{len(value)} {of}: AWS takes {low} to {high}"

    return test


def arn(*services: str, resource: str = "", example: str = "", also: str = "") -> Test:
    """The ARN of something of these services; `also`: a form that is taken beside it."""

    def test(value: Any) -> Wrong:
        if not isinstance(value, str) or (also and re.fullmatch(also, value)):
            return
        if said := arns.problem(value, services, resource, example):
            yield said

    return test


def all_of(*tests: Test) -> Test:
    def test(value: Any) -> Wrong:
        for each in tests:
            yield from each(value)

    return test


def policy(form: policies.Form) -> Test:
    def test(value: Any) -> Wrong:
        return policies.problems(value, form) if isinstance(value, str) and value else ()

    return test


def event_pattern(value: Any) -> Wrong:
    return event_patterns.problems(value) if isinstance(value, str) else ()


def schedule(value: Any) -> Wrong:
    return schedules.problems(value) if isinstance(value, str) and value else ()


def json_text(value: Any) -> Wrong:
    if isinstance(value, str):
        try:
            json.loads(value)
        except (ValueError, RecursionError) as error:
            yield f"it is not JSON: {error}"


def network(version: int = 4, low: int = 0, high: int = 128) -> Test:
    """A range of addresses whose first address is the range's own."""

    def test(value: Any) -> Wrong:
        if not isinstance(value, str):
            return
        try:
            found = ip_network(value)
        except ValueError as error:
            yield f"{error}"
            return
        if "/" not in value:
            yield f"{shown(value)} is an address; a range is {value}/{found.prefixlen}"
            return
        if found.version != version:
            yield f"{value} is no IPv{version} range"
        elif not low <= found.prefixlen <= high:
            yield f"{value} is /{found.prefixlen}: AWS takes /{low} to /{high}"

    return test


def drawn(prefix: str) -> Test:
    """An id that EC2 draws, such as `vpc-0a1b2c3d`."""
    return text(rf"{prefix}-[0-9a-f]{{8,17}}", f"an id such as '{prefix}-0a1b2c3d'")
