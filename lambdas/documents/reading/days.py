"""Names of days as they are printed: Monday, Mon, Tues, Weds, M T W Th F, MON 5 Oct."""

from __future__ import annotations

import re

from lambdas.documents.model.timetable import DAYS

SINGLE_LETTERS = {"m": {0}, "t": {1, 3}, "w": {2}, "th": {3}, "tu": {1}, "f": {4}, "s": {5, 6}}
"""What one letter may stand for; only a whole row of them says which."""

_EXTRA = {"weds": 2, "thurs": 3, "tues": 1, "thur": 3}
_DATE = re.compile(
    r"^[\s,.]*(?:\d{1,2}(?:st|nd|rd|th)?(?:[\s./-]*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
    r"|[./-]\d{1,2})(?:[\s./-]*\d{2,4})?)?[\s,.]*$",
    re.IGNORECASE,
)


def day_of(text: str) -> int | None:
    """The index of the day a text names, with nothing else but a date beside it."""
    match = re.match(r"\s*([A-Za-z]+)s?['’]?\b\.?", text)
    if not match or not _DATE.match(text[match.end() :]):
        return None
    return _named(match.group(1).lower())


def _named(word: str) -> int | None:
    if word in _EXTRA:
        return _EXTRA[word]
    for index, name in enumerate(DAYS):
        if word == name or word == name + "s" or word == name[:3]:
            return index
        if len(word) in (4, 5) and name.startswith(word):
            return index
    return None


def nearly_day_of(text: str) -> int | None:
    """A full name with one letter misread: its place among the others must confirm it."""
    word = re.sub(r"[^A-Za-z]", "", text).lower()
    if len(word) < 6:
        return None
    near = [i for i, name in enumerate(DAYS) if _distance_is_one(word, name)]
    return near[0] if len(near) == 1 else None


def _distance_is_one(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def named_days(text: str) -> set[int]:
    """The days a text names anywhere."""
    words = re.findall(r"[A-Za-z]{3,}", text)
    return {day for word in words if (day := _named(word.lower())) is not None}


def mentions_day(text: str) -> bool:
    return bool(named_days(text))


def from_letters(letters: list[str]) -> list[int] | None:
    """A row of single letters as days, when it can only be the week from Monday on: M T W T F."""
    clean = [letter.strip(" .").lower() for letter in letters]
    if not 5 <= len(clean) <= 7:
        return None
    if all(i in SINGLE_LETTERS.get(letter, set()) for i, letter in enumerate(clean)):
        return list(range(len(clean)))
    return None
