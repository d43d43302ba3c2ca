"""Event patterns, as EventBridge rules, Lambda filters and Pipes read them.

Source: EventBridge user guide, "Comparison operators for use in event patterns".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from pilaster_local.providers.aws.plan.finding import shown

_COMPARISONS = {"<", "<=", "=", ">", ">="}
_MOST = 5_000_000_000
_DEPTH = 60


def problems(text: str) -> Iterator[str]:
    """What is wrong with a pattern given as JSON."""
    try:
        pattern = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield f"an event pattern is a JSON object: {error}"
        return
    if not isinstance(pattern, dict):
        yield f"an event pattern is a JSON object, not {shown(pattern)}"
        return
    yield from _fields(pattern, "", 0)


def _fields(pattern: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
    if not pattern:
        yield f"{path or 'the pattern'} is empty: it needs a field at least"
    if depth > _DEPTH:
        yield f"{path} lies too deep"
        return
    for name, wanted in pattern.items():
        here = f"{path}.{name}" if path else name
        if name == "$or":
            yield from _either(wanted, here, depth)
        elif isinstance(wanted, dict):
            yield from _fields(wanted, here, depth + 1)
        elif isinstance(wanted, list):
            if not wanted:
                yield f"{here} is an empty list: it would match nothing"
            for item in wanted:
                yield from _value(item, here)
        else:
            yield f"{here} is {shown(wanted)}: a value to match stands in a list"


def _either(wanted: Any, path: str, depth: int) -> Iterator[str]:
    if not isinstance(wanted, list) or len(wanted) < 2:
        yield f"{path} is a list of two patterns or more"
        return
    for one in wanted:
        if isinstance(one, dict):
            yield from _fields(one, path, depth + 1)
        else:
            yield f"{path} holds {shown(one)}, which is no pattern"


def _value(item: Any, path: str) -> Iterator[str]:
    if isinstance(item, list):
        yield f"{path} holds a list in a list"
    elif isinstance(item, dict):
        if len(item) != 1:
            yield f"{path}: a comparison has exactly one operator, not {sorted(item)}"
            return
        ((operator, operand),) = item.items()
        check = _OPERATORS.get(operator)
        if check is None:
            yield f"{path}: there is no operator {operator!r}; known are {', '.join(_OPERATORS)}"
        elif said := check(operand):
            yield f"{path}: {operator} takes {said}, not {shown(operand)}"


def _text(operand: Any) -> str | None:
    return None if isinstance(operand, str) else "a string"


def _edge(operand: Any) -> str | None:
    if isinstance(operand, dict):
        inner = operand.get("equals-ignore-case")
        return None if len(operand) == 1 and isinstance(inner, str) else "a string"
    return None if isinstance(operand, str) and operand else "a string that is not empty"


def _exists(operand: Any) -> str | None:
    return None if isinstance(operand, bool) else "true or false"


def _numeric(operand: Any) -> str | None:
    says = "pairs of <, <=, =, > or >= and a number, two at most"
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return says
    for sign, number in zip(operand[::2], operand[1::2], strict=True):
        if not isinstance(sign, str) or sign not in _COMPARISONS:
            return says
        if isinstance(number, bool) or not isinstance(number, int | float):
            return says
        if not -_MOST <= number <= _MOST:
            return f"numbers from -{_MOST:,} to {_MOST:,}"
    return None


def _anything_but(operand: Any) -> str | None:
    says = "a string, a number, a list of them, or one of prefix, suffix, wildcard with strings"
    if isinstance(operand, dict):
        known = {"prefix", "suffix", "equals-ignore-case", "wildcard"}
        if len(operand) != 1 or not operand.keys() <= known:
            return says
        (inner,) = operand.values()
        texts = inner if isinstance(inner, list) else [inner]
        return None if texts and all(isinstance(text, str) for text in texts) else says
    items = operand if isinstance(operand, list) else [operand]
    fits = all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in items)
    return None if items and fits else says


def _cidr(operand: Any) -> str | None:
    try:
        ip_network(operand if isinstance(operand, str) else "", strict=False)
    except ValueError:
        return "a range of addresses such as '10.0.0.0/24'"
    return None


def _wildcard(operand: Any) -> str | None:
    if not isinstance(operand, str) or not operand:
        return "a string with '*' in it"
    return "no two '*' in a row" if "**" in operand else None


_OPERATORS = {
    "prefix": _edge,
    "suffix": _edge,
    "equals-ignore-case": _text,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
    "cidr": _cidr,
    "wildcard": _wildcard,
}
