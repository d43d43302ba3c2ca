"""`rate(...)` and `cron(...)`, as EventBridge reads them.

Source: EventBridge user guide, "Schedule expressions for scheduled rules".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

_RATE = re.compile(r"rate\((\S+) (\S+)\)")
_CRON = re.compile(r"cron\((.*)\)")
_AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)", re.ASCII)
_MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
_DAYS = "SUN MON TUE WED THU FRI SAT"


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    names: str = ""
    question: bool = False

    def number(self, word: str) -> int | None:
        if self.names and word.upper() in self.names.split():
            return self.names.split().index(word.upper()) + 1
        return int(word) if word.isascii() and word.isdigit() else None


_FIELDS = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of month", 1, 31, question=True),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, 7, _DAYS, question=True),
    _Field("year", 1970, 2199),
)


def problems(text: str, *, once: bool = False) -> Iterator[str]:
    """What is wrong with a schedule. `once`: `at(...)` is allowed, as the Scheduler has it."""
    if found := _RATE.fullmatch(text):
        yield from _rate(found[1], found[2], either=once)
    elif found := _CRON.fullmatch(text):
        yield from _cron(found[1].split())
    elif once and _AT.fullmatch(text):
        try:
            datetime.fromisoformat(text[3:-1])
        except ValueError as error:
            yield f"{text!r}: there is no such moment: {error}"
    else:
        yield f"{text!r} is no schedule: write 'rate(5 minutes)' or 'cron(0 8 * * ? *)'"


def _rate(number: str, unit: str, *, either: bool) -> Iterator[str]:
    """`either`: the Scheduler takes the plural of one too."""
    if not (number.isascii() and number.isdigit()) or int(number) < 1:
        yield f"rate({number} {unit}): {number!r} is not a whole number of 1 or more"
        return
    if unit.removesuffix("s") not in ("minute", "hour", "day"):
        yield f"rate({number} {unit}): the unit is minutes, hours or days, not {unit!r}"
    elif not either and (int(number) == 1) == unit.endswith("s"):
        right = unit.removesuffix("s") + ("" if int(number) == 1 else "s")
        yield f"rate({number} {unit}): with {number} it is {right!r}"


def _cron(words: list[str]) -> Iterator[str]:
    if len(words) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        yield f"cron has six fields ({names}), not {len(words)}"
        return
    for field, word in zip(_FIELDS, words, strict=True):
        if said := _wrong(field, word):
            yield f"cron: {word!r} is no {field.name}: {said}"
    month_day, week_day = words[2], words[4]
    if (month_day == "?") == (week_day == "?"):
        yield "cron: exactly one of day of month and day of week is '?'"


def _wrong(field: _Field, word: str) -> str | None:
    if word == "?":
        return None if field.question else "'?' is for days only"
    for piece in word.split(","):
        if said := _piece(field, piece):
            return said
    return None


def _piece(field: _Field, piece: str) -> str | None:
    span, slash, step = piece.partition("/")
    if slash and not (step.isascii() and step.isdigit() and int(step) >= 1):
        return f"{step!r} is no step"
    if span == "*":
        return None
    if field.name == "day of month" and (
        span in ("L", "LW") or re.fullmatch(r"([1-9]|[12]\d|3[01])W", span)
    ):
        return None
    if field.name == "day of week":
        if span == "L":
            return None
        if span.endswith("L"):
            span = span[:-1]
        day, hash_, nth = span.partition("#")
        if hash_:
            if nth not in ("1", "2", "3", "4", "5"):
                return f"{nth!r} is no week of a month"
            span = day
    ends = [field.number(word) for word in span.split("-")]
    if not 1 <= len(ends) <= 2 or None in ends:
        return "it is a number, a range, a list or '*'"
    if any(end is not None and not field.low <= end <= field.high for end in ends):
        return f"it goes from {field.low} to {field.high}"
    return None
