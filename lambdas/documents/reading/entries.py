"""What the interpreters of all layouts hand on: entries of a week and the doubts found on the
way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lambdas.documents.model.timetable import DAYS
from lambdas.documents.reading.evidence import Doubt, Place
from lambdas.documents.reading.frame import Item
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

    def doubt(self, rule: str, words: str, item: Item | None = None, **place: Any) -> None:
        """`item`: what it is about; `place`: what else is known of where it is, by `Place`."""
        about = {"text": item.text, "box": item.on_page} if item is not None else {}
        self.add(Doubt(rule, words, Place(**{**about, **place})))

    def add(self, doubt: Doubt) -> None:
        if doubt not in self.doubts:
            self.doubts.append(doubt)


def day_name(day: int) -> str:
    return DAYS[day].capitalize()
