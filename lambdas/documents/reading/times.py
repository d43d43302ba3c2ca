"""Times as schools print them: 09:45, 9.45, 0945, 9.45am, 1:10 (afternoon), 9:00 - 9:45.

An hour below seven without a suffix is the afternoon: no school prints its night.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FIRST_HOUR = 7  # earlier hours without a suffix are the afternoon

_SUFFIX = r"(?:\s*(?P<{n}s>[ap])\.?\s?m\b\.?)?"
_DASH = r"\s*(?:-|‐|‑|–|—|−|~|\bto\b|\buntil\b|\btill\b)\s*"


def _clock(n: str, *, bare: bool) -> str:
    """One printed time; `bare` also allows 0905 and 9am."""
    forms = rf"(?P<{n}h>\d{{1,2}})\s?[:.]\s?(?P<{n}m>\d\d)(?!\d)"
    if bare:
        forms = rf"(?:{forms}|(?P<{n}c>\d{{3,4}})(?!\d)|(?P<{n}o>\d{{1,2}})(?=\s*[ap]\.?\s?m\b))"
    return rf"(?<![\d:.]){forms}" + _SUFFIX.format(n=n)


_RANGE = re.compile(_clock("a", bare=True) + _DASH + _clock("b", bare=True), re.IGNORECASE)
_SINGLE = re.compile(_clock("a", bare=False), re.IGNORECASE)
_SINGLE_HOUR = re.compile(
    r"(?<![\d:.])(?P<ah>)(?P<am>)(?P<ac>)(?P<ao>\d{1,2})\s*(?P<as>[ap])\.?\s?m\b\.?", re.IGNORECASE
)
_SINGLE_BARE = re.compile(_clock("a", bare=True), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a text a time or a range stands, in minutes of the day; `end` is None for a
    single time.
    """

    start: int
    end: int | None
    first: int
    last: int


def text_of(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(hour: int, minute: int, suffix: str | None) -> int | None:
    if minute > 59 or hour > 23:
        return None
    if suffix:
        if not 1 <= hour <= 12:
            # "13.15pm" is printed now and then and means what it says.
            return hour * 60 + minute if suffix.lower() == "p" and hour > 12 else None
        hour = hour % 12 + (12 if suffix.lower() == "p" else 0)
    elif hour < FIRST_HOUR:
        if hour == 0:
            return None
        hour += 12
    return hour * 60 + minute


def _of(match: re.Match[str], n: str) -> int | None:
    groups = match.groupdict()
    suffix = groups.get(f"{n}s")
    if groups.get(f"{n}h"):
        return _minutes(int(groups[f"{n}h"]), int(groups[f"{n}m"]), suffix)
    if groups.get(f"{n}c"):
        digits = groups[f"{n}c"]
        return _minutes(int(digits[:-2]), int(digits[-2:]), suffix)
    if groups.get(f"{n}o"):
        return _minutes(int(groups[f"{n}o"]), 0, suffix)
    return None


def ranges(text: str) -> Iterator[Span]:
    """Every "start - end" in the text."""
    for match in _RANGE.finditer(text):
        start, end = _of(match, "a"), _of(match, "b")
        if start is not None and end is not None:
            yield Span(start, end, match.start(), match.end())


def singles(text: str) -> Iterator[Span]:
    """Every time in the text that is sure to be one: with a separator or with am/pm."""
    found = [*_SINGLE.finditer(text), *_SINGLE_HOUR.finditer(text)]
    for match in sorted(found, key=lambda m: m.start()):
        start = _of(match, "a")
        if start is not None:
            yield Span(start, None, match.start(), match.end())


def whole(text: str) -> Span | None:
    """The text as one time or one range and nothing else: what a cell of times holds."""
    text = text.strip()
    match = _RANGE.fullmatch(text)
    if match:
        start, end = _of(match, "a"), _of(match, "b")
        return Span(start, end, 0, len(text)) if start is not None and end is not None else None
    match = _SINGLE_BARE.fullmatch(text)
    if match:
        start = _of(match, "a")
        return Span(start, None, 0, len(text)) if start is not None else None
    return None


def has_digits_of_time(text: str) -> bool:
    """Something that looks like a time although it may not be a valid one (09:75)."""
    return bool(re.search(r"\d\s?[:.]\s?\d\d(?!\d)", text))


def prints_24_hours(text: str) -> bool:
    """The 24-hour clock shows itself in the afternoon: 13:15."""
    return bool(re.search(r"(?<!\d)(?:1[3-9]|2[0-3])[:.]?[0-5]\d(?!\d)", text))


def swaps(minutes: int, *, twelve: bool) -> set[int]:
    """The other times on a five-minute mark that a swap of two printed digits would turn into
    this one.

    `twelve`: the document prints 2.05, not 14:05.
    """
    found: set[int] = set()
    hour, minute = divmod(minutes, 60)
    printed = {hour - 12 if hour > 12 else hour} if twelve else {hour}
    for digits in [
        list(form) for h in printed for form in (f"{h}{minute:02d}", f"{h:02d}{minute:02d}")
    ]:
        for i in range(len(digits)):
            for j in range(i + 1, len(digits)):
                other = digits.copy()
                other[i], other[j] = other[j], other[i]
                value = _minutes(int("".join(other[:-2])), int("".join(other[-2:])), None)
                if value is not None and value != minutes and value % 5 == 0:
                    found.add(value)
    return found
