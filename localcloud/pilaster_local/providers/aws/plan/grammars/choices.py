"""Rules of a Choice state: in JSONPath one comparison or a combination, in JSONata a condition."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pilaster_local.providers.aws.plan.finding import shown
from pilaster_local.providers.aws.plan.grammars import paths

_ORDERS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
_DEEPEST = 40
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def is_moment(value: Any) -> bool:
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_path(value: Any) -> bool:
    return paths.path(value) is None


def _operators() -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for kind, test, called in (
        ("String", _is_text, "a string"),
        ("Numeric", _is_number, "a number"),
        ("Timestamp", is_moment, "a moment such as '2026-01-31T08:00:00Z'"),
    ):
        for order in _ORDERS:
            found[f"{kind}{order}"] = test, called
            found[f"{kind}{order}Path"] = _is_path, "a path"
    found["BooleanEquals"] = _is_flag, "true or false"
    found["BooleanEqualsPath"] = _is_path, "a path"
    found["StringMatches"] = _is_text, "a string"
    for kind in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp"):
        found[f"Is{kind}"] = _is_flag, "true or false"
    return found


_OPERATORS = _operators()


def problems(rule: Mapping[str, Any], *, jsonata: bool) -> Iterator[str]:
    """What is wrong with a rule at the top of Choices; its Next is looked at elsewhere."""
    rest = {name: value for name, value in rule.items()
            if name not in ("Next", "Comment", "Assign", "Output")}  # fmt: skip
    if jsonata:
        yield from _condition(rest)
        return
    if "Output" in rule:
        yield "Output is for the query language JSONata"
    yield from _test(rest, 0)


def _condition(rest: Mapping[str, Any]) -> Iterator[str]:
    condition = rest.get("Condition")
    if isinstance(condition, str):
        if not condition.startswith("{%"):
            example = "{% $states.input.ok %}"
            yield f"Condition is an expression such as {example!r}, not {shown(condition)}"
        elif said := paths.jsonata(condition):
            yield f"Condition: {said}"
    elif not isinstance(condition, bool):
        yield f"Condition is an expression or a truth value, not {shown(condition)}"
    for name in sorted(rest.keys() - {"Condition"}):
        yield f"a rule has no field {shown(name)} in JSONata"


def _test(rule: Mapping[str, Any], depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if "Next" in rule and depth:
        yield "Next stands at the top of a rule only"
    combined = [name for name in ("And", "Or", "Not") if name in rule]
    if combined:
        for name in sorted(rule.keys() - {combined[0], "Comment", "Next"}):
            yield f"{combined[0]} stands without {shown(name)}"
        yield from _combined(combined[0], rule[combined[0]], depth)
        return
    if said := paths.path(rule.get("Variable")):
        yield f"Variable: {said}"
    named = sorted(rule.keys() - {"Variable", "Comment", "Next"})
    for name in named:
        if name not in _OPERATORS:
            near = difflib.get_close_matches(name[:80], _OPERATORS, 1, 0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"there is no comparison {shown(name)}{hint}"
    known = [name for name in named if name in _OPERATORS]
    if len(known) != 1 and len(known) == len(named):
        yield f"a rule has exactly one comparison; here are {known or 'none'}"
    for name in known:
        fits, called = _OPERATORS[name]
        if not fits(rule[name]):
            yield f"{name} takes {called}, not {shown(rule[name])}"


def _combined(name: str, value: Any, depth: int) -> Iterator[str]:
    rules = [value] if name == "Not" else value
    if not isinstance(rules, list) or not rules:
        yield f"{name} takes a list of rules, not {shown(value)}"
        return
    for rule in rules:
        if isinstance(rule, dict):
            yield from _test(rule, depth + 1)
        else:
            yield f"{name} holds {shown(rule)}, not a rule"
