"""Words by which a table does not hold as it stands: on some weeks only, or not as it says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lambdas.documents.reading.days import named_days
from lambdas.documents.reading.entries import Entry
from lambdas.documents.reading.times import singles

_WEEKS = re.compile(
    r"\b(?:week|wk)s?\.?\s?[AB12]\b"
    r"|\b(?:odd|even|alternat\w+|every (?:other|second))\s+(?:week|wk)s?\b"
    r"|\bfortnight|\b(?:two|2)[ -]week",
    re.IGNORECASE,
)
_FORTNIGHT = re.compile(r"\bfortnight|\b(?:two|2)[ -]week", re.IGNORECASE)
_WEEK = re.compile(r"\b(?:week|wk)\s?([AB12])\b", re.IGNORECASE)
_GOES_ON = re.compile(r"\bsee over|\bp\.?t\.?o\b|\boverleaf\b", re.IGNORECASE)
_OF_A_WEEK = re.compile(r"\s*\(?([AB12])\)?\s*[:/|)=–-]\s*[^\W\d]")
"""What a cell's line begins with that is for one week of two: "A: Art"."""
_ABOVE = re.compile(
    r"\W*(?:ditto|do|as (?:above|before)|same(?: as .*)?|see (?:above|below|over\w*|notes?))\W*",
    re.IGNORECASE,
)
_CHANGES = (
    r"chang(?:e[sd]?|ing) (?:from|to|of)|mov(?:e[sd]?|ing)|swap\w*|swops?|instead"
    r"|replac(?:e[sd]?|ing)|cancel\w*|re-?sched\w*|postpon\w*|later|earlier|extra|additional|longer|shorter"
)
_NOT_SO = (
    r"no|not|never|only|except|excluding|unless|but|if|when|early|late|finish(?:es)?|minutes|mins"
)
_BY_MINUTES = re.compile(
    r"\b\d+\s?min(?:ute)?s?\b.*\b(?:later|earlier|longer|shorter|less|more)\b", re.IGNORECASE
)
_CHANGE = re.compile(rf"\b(?:{_CHANGES})\b", re.IGNORECASE)
_PROVISO = re.compile(rf"\b(?:{_CHANGES}|{_NOT_SO})\b", re.IGNORECASE)


_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s+[·•|]\s+")
_OF_LESSONS = re.compile(
    r"\b(?:lessons?|periods?|school|class(?:es)?|times?|timetable|day|lunch(?:time)?|break|playtime"
    r"|assembly|registration|starts?|finish(?:es)?|clos(?:es?|ing)|ends?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Week:
    """What the table says, as far as a line beside it may change it."""

    titles: frozenset[str]
    bounds: dict[int, tuple[int, int]]
    """Of each day when it begins and when it ends, in minutes."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Week:
        entries = list(entries)
        return cls(
            frozenset(entry.title for entry in entries),
            {
                day: (
                    min(entry.start for entry in entries if entry.day == day),
                    max(entry.end for entry in entries if entry.day == day),
                )
                for day in {entry.day for entry in entries}
            },
        )

    def is_within(self, day: int, time: int) -> bool:
        """A time while that day's lessons are on, or on a day that has none."""
        first, last = self.bounds.get(day, (0, 24 * 60))
        return first < time < last


def not_every_week(lines: Iterable[str]) -> bool:
    """Whether a cell of these lines is for some weeks only."""
    lines = list(lines)
    named = {match.group(1) for line in lines if (match := _OF_A_WEEK.match(line))}
    # "1: Maths" alone may be the first period.
    return bool(_WEEKS.search(" ".join(lines))) or bool(named & {"A", "B"}) or len(named) > 1


def is_not_all(text: str) -> bool:
    """Whether a line beside the table says that there is more of it: another week, another page."""
    weeks = {match.group(1).upper() for match in _WEEK.finditer(text)}
    return bool(_FORTNIGHT.search(text) or _GOES_ON.search(text)) or len(weeks) > 1


def points_elsewhere(title: str) -> bool:
    """ "Ditto" and its like: the lesson is what another place says."""
    return bool(_ABOVE.fullmatch(title))


def says_otherwise(text: str, week: Week) -> bool:
    """Whether a line beside the table changes what it says: "On Tuesdays lunch is later",
    "Computing moves to last lesson", "On Friday school closes at 12".

    A sentence that speaks of no day and of no lesson does not ("This timetable may change"), nor
    one with a time before or after the lessons of the day it names.
    """
    return any(_sentence_does(sentence, week) for sentence in _SENTENCE.split(text))


def _sentence_does(text: str, week: Week) -> bool:
    if _BY_MINUTES.search(text):
        return True
    days = named_days(text)
    of_lessons = bool(_OF_LESSONS.search(text)) or any(_names(text, title) for title in week.titles)
    if not days:
        return of_lessons and bool(_CHANGE.search(text))
    if any(week.is_within(day, time.start) for time in singles(text) for day in days):
        return True
    return of_lessons and bool(_PROVISO.search(text))


def _names(text: str, title: str) -> bool:
    return len(title) > 1 and bool(re.search(rf"\b{re.escape(title)}\b", text, re.IGNORECASE))
