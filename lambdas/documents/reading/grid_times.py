"""Which times hold for which day of a grid: one column of times for all, or some days with times
of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from lambdas.documents.reading.bells import day_ends
from lambdas.documents.reading.chain import doubts_of, starts_doubts
from lambdas.documents.reading.day_axis import DayAxis
from lambdas.documents.reading.days import day_of
from lambdas.documents.reading.entries import Candidate, day_name
from lambdas.documents.reading.evidence import Doubt
from lambdas.documents.reading.frame import Frame, Item, overlap
from lambdas.documents.reading.periods import (
    Column,
    Period,
    bounded,
    one_time,
    parsed,
    same_row,
    times_from_key,
    with_labels,
)
from lambdas.documents.reading.times import text_of


@dataclass(frozen=True, slots=True)
class Clock:
    """The periods one column of times gives."""

    at: float
    periods: tuple[Period, ...]
    heading: str
    only_starts: bool = False


def clocks_of(
    frame: Frame,
    axis: DayAxis,
    columns: list[Column],
    body: list[Item],
    *,
    key: dict[str, tuple[int, int]],
) -> list[Clock]:
    labels = [column for column in columns if column.kind == "label"]
    timed = [column for column in columns if column.kind != "label" and len(column.items) >= 3]
    clocks: list[Clock] = []
    index = 0
    while index < len(timed):
        column = timed[index]
        after = timed[index + 1] if index + 1 < len(timed) else None
        if column.kind == "range":
            periods = [_ranged(item, key) for item in column.items]
            clock = Clock(column.at, tuple(periods), _heading(frame, axis, column))
        elif after is not None and after.kind == "single" and not _day_between(axis, column, after):
            clock = Clock(column.at, _paired(column, after), _heading(frame, axis, column))
            index += 1
        else:
            clock = Clock(column.at, _starting(column), _heading(frame, axis, column), True)
        clocks.append(replace(clock, periods=_finished(clock.periods, column, labels, body)))
        index += 1
    if not clocks and key:
        clocks = _by_key(frame, axis, labels, body, key)
    return clocks


def _by_key(
    frame: Frame,
    axis: DayAxis,
    labels: list[Column],
    body: list[Item],
    key: dict[str, tuple[int, int]],
) -> list[Clock]:
    """Labels whose times stand in a key; a label nobody printed is the text of the cell across
    all days.
    """
    best: list[Clock] = []
    for column in labels:
        bare = [Period(i.box.y0, i.box.y1, i.text, None, None, i) for i in column.items]
        bare += [Period(b.box.y0, b.box.y1, "", None, None, b) for b in column.blanks]
        periods = [
            times_from_key(period if period.label else _named_by_cell(period, axis, body), key)
            for period in (bounded(period, body) for period in bare)
        ]
        periods.sort(key=lambda period: period.at)
        if sum(period.timed for period in periods) >= 3:
            best.append(Clock(column.at, tuple(periods), _heading(frame, axis, column)))
    return best[:1] if len(best) == 1 else []


def _named_by_cell(period: Period, axis: DayAxis, body: list[Item]) -> Period:
    beside = [cell for cell in body if cell.box.y0 <= period.at <= cell.box.y1]
    texts = {cell.lines[0].text for cell in beside if cell.lines}
    return replace(period, label=texts.pop()) if len(texts) == 1 else period


def _ranged(item: Item, key: dict[str, tuple[int, int]]) -> Period:
    label, times = parsed(item.text)
    start, end = times or (None, None)
    period = Period(item.box.y0, item.box.y1, label, start, end, item)
    return period if times else times_from_key(period, key)


def _paired(starts: Column, ends: Column) -> tuple[Period, ...]:
    periods: list[Period] = []
    for item in starts.items:
        row = Period(item.box.y0, item.box.y1, "", one_time(item.text), None, item)
        found = [other for other in ends.items if same_row(row, other)]
        end = one_time(found[0].text) if len(found) == 1 else None
        periods.append(replace(row, end=end))
    return tuple(periods)


def _starting(column: Column) -> tuple[Period, ...]:
    rows = [Period(i.box.y0, i.box.y1, "", one_time(i.text), None, i) for i in column.items]
    return tuple(replace(row, end=below.start) for row, below in pairwise(rows)) + tuple(rows[-1:])


def _finished(
    periods: tuple[Period, ...], column: Column, labels: list[Column], body: list[Item]
) -> tuple[Period, ...]:
    blanks = [Period(b.box.y0, b.box.y1, "", None, None, b) for b in column.blanks]
    rows = [bounded(period, body) for period in (*periods, *blanks)]
    rows.sort(key=lambda period: period.at)
    return tuple(with_labels(rows, labels))


def _day_between(axis: DayAxis, one: Column, other: Column) -> bool:
    low, high = sorted((one.at, other.at))
    return any(low < day.at < high for day in axis.days)


def _heading(frame: Frame, axis: DayAxis, column: Column) -> str:
    box = (column.items or column.blanks)[0].box
    return " ".join(
        item.text
        for item in frame.items
        if axis.top <= item.box.y <= axis.bottom
        and overlap(item.box.x0, item.box.x1, box.x0, box.x1) > 0.5
    )


def clock_of_day(clocks: list[Clock], at: float) -> Clock:
    """The nearest column of times before the day, else the first after it."""
    before = [clock for clock in clocks if clock.at < at]
    return max(before, key=lambda c: c.at) if before else min(clocks, key=lambda c: c.at)


def with_end_of_day(clock: Clock, texts: list[str], candidate: Candidate) -> Clock:
    """Where only starts are printed, a sentence must say when the last one ends."""
    if not clock.only_starts:
        return clock
    last = clock.periods[-1]
    ends = {end for end in day_ends(texts) if last.start is not None and end > last.start}
    if len(ends) != 1:
        candidate.doubt(
            "end-unknown", "Only starts are printed, and no sentence says when the day ends."
        )
        return clock
    end = ends.pop()
    return replace(clock, periods=(*clock.periods[:-1], replace(last, end=end)))


def judge(clocks: list[Clock], axis: DayAxis, said: set[int], candidate: Candidate) -> None:
    """Order, marks, chain and swaps of each column of times, and whether columns contradict each
    other.
    """
    used = {id(clock_of_day(clocks, day.at)) for day in axis.days}
    twelve = candidate.twelve
    for clock in clocks:
        spans = [
            (p.start, p.end) for p in clock.periods if p.start is not None and p.end is not None
        ]
        if id(clock) not in used:
            if not any(spans == _spans(other) for other in clocks if id(other) in used):
                candidate.doubt("time-contradicts", "Two columns of times do not agree.")
            continue
        elsewhere = {t for other in clocks if other is not clock for s in _spans(other) for t in s}
        where = f"The times under {clock.heading!r}" if clock.heading else "The column of times"
        found: list[Doubt]
        if clock.only_starts and len(spans) == len(clock.periods):
            found = list(
                starts_doubts([s for s, _ in spans], spans[-1][1], where=where, twelve=twelve)
            )
            found += doubts_of(
                spans, where=where, twelve=twelve, confirmed={t for s in spans for t in s}
            )
        else:
            found = list(doubts_of(spans, where=where, twelve=twelve, confirmed=elsewhere | said))
        for doubt in found:
            candidate.add(doubt)
        _heading_doubts(clock, clocks, axis, candidate)


def _spans(clock: Clock) -> list[tuple[int, int]]:
    return [(p.start, p.end) for p in clock.periods if p.start is not None and p.end is not None]


def _heading_doubts(clock: Clock, clocks: list[Clock], axis: DayAxis, candidate: Candidate) -> None:
    """A column headed "Friday times" must serve Friday, and only the days it names."""
    names = [day_of(word) for word in re.findall(r"[A-Za-z]{3,}", clock.heading)]
    named = [day for day in names if day is not None]
    if not named:
        return
    meant = set(range(min(named), max(named) + 1)) if len(named) == 2 else set(named)
    served = {d.day for d in axis.days if clock_of_day(clocks, d.at) is clock}
    if served != meant:
        days = ", ".join(day_name(day) for day in sorted(served ^ meant))
        candidate.doubt(
            "time-contradicts", f"{clock.heading!r} does not fit the columns of {days}."
        )


def untimed_words(period: Period) -> str:
    return repr(period.label) if period.label else "a row"


def period_name(period: Period) -> str:
    name = f"{period.label} " if period.label else ""
    return f"{name}{text_of(period.start)}" if period.start is not None else name.strip() or "a row"
