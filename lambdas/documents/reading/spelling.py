"""Titles that differ by one letter: one of them may be a misreading of the other (Maths, Mains)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from lambdas.documents.reading.evidence import Doubt, Place


def spelling_doubts(titles: Iterable[str]) -> Iterator[Doubt]:
    for one, other in _pairs(titles):
        words = f"{one!r} and {other!r} differ by one letter only."
        yield Doubt("near-duplicate", words, Place(text=f"{one} / {other}"))


def near_duplicates(texts: Iterable[str]) -> frozenset[str]:
    """The words of which one may be a misreading of another."""
    return frozenset(word for pair in _pairs(texts) for word in pair)


def _pairs(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    words = {word for text in texts for word in re.findall(r"[^\W\d_]{3,}", text)}
    for one, other in combinations(sorted(words), 2):
        if one.casefold() != other.casefold() and _near(one.casefold(), other.casefold()):
            yield one, other


def _near(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 4:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    # A plural is no misreading.
    return long != short + "s" and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
