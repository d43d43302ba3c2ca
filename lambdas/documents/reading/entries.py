"""What the interpreters of all layouts hand on: entries of a week and the doubts found on the
way.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lambdas.documents.model.timetable import DAYS
from lambdas.documents.reading.evidence import Doubt
from lambdas.documents.reading.times import text_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A block to be."""

    day: int
    start: int
    end: int
    title: str
    notes: str = ""

    @property
    def place(self) -> str:
        return f"{DAYS[self.day].capitalize()} {text_of(self.start)}"


@dataclass(slots=True)
class Candidate:
    """One way to understand the document."""

    layout: str
    entries: list[Entry] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    days: set[int] = field(default_factory=set)
    twelve: bool = False
    """Printed with a 12-hour clock."""

    def doubt(self, rule: str, words: str) -> None:
        doubt = Doubt(rule, words)
        if doubt not in self.doubts:
            self.doubts.append(doubt)


def day_name(day: int) -> str:
    return DAYS[day].capitalize()
