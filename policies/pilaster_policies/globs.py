"""Patterns with `*` and `?`, as IAM writes them: whether two can mean the same text, and whether
one holds all the other does. Decided over the patterns themselves, not by trying names.
"""

from __future__ import annotations

import re
from functools import cache

SEGMENT = "\0"
"""In a template: any text without a slash, as a bucket's name is."""
_ANY = frozenset("*" + SEGMENT)
_OTHER = "\1"
"""Stands for every character that neither pattern names."""


@cache
def meet(one: str, other: str) -> bool:
    """Whether some text matches both."""
    open_, seen = [(0, 0)], {(0, 0)}
    while open_:
        i, j = open_.pop()
        if i == len(one) and j == len(other):
            return True
        for following in _steps(one, other, i, j):
            if following not in seen:
                seen.add(following)
                open_.append(following)
    return False


def _steps(one: str, other: str, i: int, j: int) -> list[tuple[int, int]]:
    steps: list[tuple[int, int]] = []
    a = one[i] if i < len(one) else ""
    b = other[j] if j < len(other) else ""
    if a and a in _ANY:
        steps.append((i + 1, j))
        if b and b not in _ANY and _takes(a, b):
            steps.append((i, j + 1))
    if b and b in _ANY:
        steps.append((i, j + 1))
        if a and a not in _ANY and _takes(b, a):
            steps.append((i + 1, j))
    if a and b and a not in _ANY and b not in _ANY and (a == b or "?" in (a, b)):
        steps.append((i + 1, j + 1))
    return steps


def _takes(star: str, character: str) -> bool:
    """A `?` may be a slash and may not."""
    return star == "*" or character != "/"


def arns_meet(one: str, other: str) -> bool:
    """The same for ARNs, whose first five parts a `*` does not leave."""
    parts, others = one.split(":", 5), other.split(":", 5)
    if len(parts) < 6 or len(others) < 6:
        return meet(one, other)
    return all(map(meet, parts, others))


def matches(pattern: str, text: str) -> bool:
    """Whether a text without wildcards is one of those a pattern means."""
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def is_anything(pattern: str) -> bool:
    """Whether it asks for no character of its own."""
    return pattern.strip("*?") == ""


def holds(wide: str, narrow: str) -> str | None:
    """None if every text of `narrow` matches `wide`; else one that does not, to show.

    The states of `wide` that a text may have led to are followed together (a subset construction),
    beside the state of `narrow`; a text is lost where `narrow` ends and none of them does.
    """
    alphabet = [*sorted({*wide, *narrow} - {"*", "?"}), _OTHER]
    start = _closure(wide, {0})
    open_: list[tuple[int, frozenset[int], str]] = [(0, start, "")]
    seen = {(0, start)}
    while open_:
        at, states, text = open_.pop(0)
        if at == len(narrow) and len(wide) not in states:
            return text.replace(_OTHER, "x")
        for following, character in _reads(narrow, at, alphabet):
            then = states
            if character is not None:
                read = {each for state in states for each in _read(wide, state, character)}
                then = _closure(wide, read)
            if (following, then) not in seen:
                seen.add((following, then))
                open_.append((following, then, text + (character or "")))
    return None


def _reads(narrow: str, at: int, alphabet: list[str]) -> list[tuple[int, str | None]]:
    if at == len(narrow):
        return []
    if narrow[at] == "*":
        return [(at + 1, None), *((at, character) for character in alphabet)]
    if narrow[at] == "?":
        return [(at + 1, character) for character in alphabet]
    return [(at + 1, narrow[at])]


def _read(wide: str, state: int, character: str) -> list[int]:
    if state == len(wide):
        return []
    if wide[state] == "*":
        return [state]
    return [state + 1] if wide[state] in ("?", character) else []


def _closure(wide: str, states: set[int]) -> frozenset[int]:
    """A star may also stand for nothing."""
    found = set(states)
    for state in states:
        while state < len(wide) and wide[state] == "*":
            state += 1
            found.add(state)
    return frozenset(found)
