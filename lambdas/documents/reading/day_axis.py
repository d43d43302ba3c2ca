"""Finds the row (or, in a turned frame, the column) of day names that heads a grid."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.reading.days import day_of, from_letters, nearly_day_of
from lambdas.documents.reading.frame import Frame, Item


@dataclass(frozen=True, slots=True)
class Day:
    day: int
    item: Item

    @property
    def at(self) -> float:
        return self.item.box.x


@dataclass(frozen=True, slots=True)
class DayAxis:
    days: tuple[Day, ...]
    top: float
    bottom: float
    several: bool
    """Another row of days on the same page: several tables."""

    def confirms(self, day: Day) -> bool:
        """The name was read as it is spelt, and stands where it must in a week without a gap: that
        is more than any reading's word for it.
        """
        numbers = [each.day for each in self.days]
        whole = len(numbers) >= 5 and numbers == list(range(len(numbers)))
        spelt = day_of(day.item.text) == day.day
        return whole and (spelt or from_letters([d.item.text for d in self.days]) == numbers)

    def covered_by(self, low: float, high: float) -> list[Day]:
        return [day for day in self.days if low <= day.at <= high]


def day_axis_of(frame: Frame) -> DayAxis | None:
    named: list[Day] = []
    for item in frame.items:
        day = _day(item)
        if day is not None:
            named.append(Day(day, item))
    rows = _rows(named)
    if not rows:
        lettered = _lettered(frame)
        rows = [lettered] if lettered else []
    if not rows:
        return None
    best = max(rows, key=lambda row: (len(row), -row[0].item.box.y))
    boxes = [day.item.box for day in best]
    others = [row for row in rows if row is not best and not set(map(id, row)) & set(map(id, best))]
    return DayAxis(
        days=tuple(best),
        top=min(box.y0 for box in boxes),
        bottom=max(box.y1 for box in boxes),
        several=bool(others),
    )


def _day(item: Item) -> int | None:
    text = item.text
    day = day_of(text)
    if day is None and item.lines:
        first, *rest = item.lines
        day = day_of(first.text) if len(rest) == 1 and _is_date(rest[0].text) else None
    return day if day is not None else nearly_day_of(text)


def _is_date(text: str) -> bool:
    return day_of(f"monday {text}") is not None


def _rows(named: list[Day]) -> list[list[Day]]:
    """Groups at one height whose days rise from left to right, each once."""
    rows: list[list[Day]] = []
    used: set[int] = set()
    for seed in sorted(named, key=lambda day: day.item.box.y):
        if id(seed) in used:
            continue
        reach = 0.6 * seed.item.box.height
        row = sorted(
            (d for d in named if abs(d.item.box.y - seed.item.box.y) < reach), key=lambda d: d.at
        )
        row = _one_each(row)
        days = [d.day for d in row]
        if len(row) >= 3 and days == sorted(set(days)):
            rows.append(row)
            used |= {id(d) for d in row}
    return rows


def _one_each(row: list[Day]) -> list[Day]:
    """Of two with one name ("Friday" above "times"), the one at the height of the others."""
    middle = sorted(day.item.box.y for day in row)[len(row) // 2]
    nearest: dict[int, Day] = {}
    for day in sorted(row, key=lambda d: abs(d.item.box.y - middle)):
        other = nearest.setdefault(day.day, day)
        if other is not day and abs(day.item.box.y - middle) < 0.15 * day.item.box.height:
            return row
    return sorted(nearest.values(), key=lambda d: d.at)


def _lettered(frame: Frame) -> list[Day] | None:
    letters = [
        item for item in frame.items if len(item.text) <= 2 and item.text.strip(" .").isalpha()
    ]
    for seed in letters:
        reach = 0.6 * seed.box.height
        row = sorted(
            (item for item in letters if abs(item.box.y - seed.box.y) < reach),
            key=lambda item: item.box.x,
        )
        days = from_letters([item.text for item in row])
        if days:
            return [Day(day, item) for day, item in zip(days, row, strict=True)]
    return None
