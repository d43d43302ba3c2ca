"""Doubts: named rules, each with the words for a person and what it costs.

Confidence = 100 - the sum of the costs, never below 0 (see `confidence_of`). No rule costs less
than 3, so one doubt is enough to stay below the 98 that completes a document.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from lambdas.documents.reading.page import Box

COSTS = {
    # The frame of the table
    "days-incomplete": 25,
    "days-out-of-order": 25,
    "several-tables": 30,
    "no-borders": 15,
    # Every slot and every word accounted for
    "slot-twice": 20,
    "hole": 8,
    "unexplained-text": 8,
    "row-without-time": 12,
    "column-without-day": 12,
    "cell-not-aligned": 8,
    "drawn-not-read": 8,
    "covered-word": 12,
    "few-blocks": 30,
    "row-incomplete": 12,
    "rows-uneven": 8,
    # Times
    "time-order": 15,
    "time-odd": 8,
    "time-swappable": 5,
    "time-gap": 6,
    "end-unknown": 15,
    "day-ends-differ": 5,
    "time-contradicts": 12,
    # Titles
    "title-line": 5,
    "title-missing": 8,
    "title-odd": 5,
    # What the picture allowed
    "reading-differs": 6,
    "reading-unsure": 6,
    "near-duplicate": 4,
    "noisy-page": 4,
    "remark": 10,
    "invalid": 40,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the document, as far as it is known."""

    page: int | None = None
    """From 1."""
    day: int | None = None
    start: int | None = None
    """In minutes of the day."""
    row: str | None = None
    text: str | None = None
    box: Box | None = None
    """In pixels of the page."""


@dataclass(frozen=True, slots=True)
class Doubt:
    rule: str
    words: str
    place: Place = field(default=Place(), compare=False)
    """Of no matter for whether two doubts are the same: that is what they say."""

    @property
    def cost(self) -> float:
        return COSTS[self.rule]

    def at(self, **known: Any) -> Doubt:
        """With what is known of its place besides; what it knows itself stands."""
        unknown = {
            name: value for name, value in known.items() if getattr(self.place, name) is None
        }
        return replace(self, place=replace(self.place, **unknown))


def confidence_of(doubts: Iterable[Doubt]) -> float:
    """100 minus the costs. Doubts of one rule beyond the first cost half: they often share a
    cause.
    """
    seen: set[str] = set()
    lost = 0.0
    for doubt in doubts:
        lost += doubt.cost if doubt.rule not in seen else doubt.cost / 2
        seen.add(doubt.rule)
    return max(0.0, round(100.0 - lost, 1))
