"""Grids whose cells print their own times: each day is a chain of its own, and the days confirm
each other.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from lambdas.documents.reading.chain import doubts_of
from lambdas.documents.reading.day_axis import DayAxis
from lambdas.documents.reading.entries import Candidate, Entry, day_name
from lambdas.documents.reading.evidence import Doubt
from lambdas.documents.reading.frame import Frame, Item
from lambdas.documents.reading.texts import cell_title, habits_in, named_day_doubts
from lambdas.documents.reading.times import has_digits_of_time, ranges, text_of

FRIDAY = 4
"""Schools end early on it."""


def is_time_in_cells(body: list[Item]) -> bool:
    texts = [cell.text for cell in body if cell.lines]
    timed = sum(1 for text in texts if len(list(ranges(text))) == 1)
    return timed >= 3 and timed >= 0.6 * len(texts)


def read_time_in_cells(frame: Frame, axis: DayAxis, body: list[Item], candidate: Candidate) -> None:
    habits = habits_in(body)
    placed: list[tuple[Item, Entry]] = []
    for cell in body:
        days = axis.covered_by(cell.box.x0, cell.box.x1)
        if not cell.lines:
            continue
        if len(days) > 1 and cell.is_a_row:
            candidate.doubt(
                "cell-not-aligned", f"{cell.text!r} reads like several cells in a row.", cell
            )
        found = list(ranges(cell.text))
        if len(found) != 1 or found[0].end is None:
            candidate.doubt(
                "row-without-time", f"{cell.text!r} does not print exactly one time.", cell
            )
            continue
        span = found[0]
        end = span.end
        assert end is not None
        rest = cell.text[: span.first] + cell.text[span.last :]
        if has_digits_of_time(rest):
            candidate.doubt("time-contradicts", f"{cell.text!r} prints more than one time.", cell)
        place = f"{day_name(days[0].day)} {text_of(span.start)}"
        title = cell_title(cell, habits, candidate, place, without=span)
        named_day_doubts(cell, [day.day for day in days], candidate)
        if title.text and span.start < end:
            for day in days:
                entry = Entry(day.day, span.start, end, title.text, title.notes)
                candidate.entries.append(entry)
                placed.append((cell, entry))
        elif title.text:
            candidate.doubt("time-order", f"{place}: {cell.text!r} ends before it starts.", cell)
    _judge(axis, placed, body, candidate)
    _free_text(frame, axis, body, candidate)
    candidate.doubts = [_located(doubt, frame, axis) for doubt in candidate.doubts]


def _located(doubt: Doubt, frame: Frame, axis: DayAxis) -> Doubt:
    """With the day that lies over it."""
    if doubt.place.box is None:
        return doubt
    box = doubt.place.box.transposed() if frame.transposed else doubt.place.box
    days = axis.covered_by(box.x0, box.x1)
    return doubt.at(day=days[0].day) if days else doubt


def _judge(
    axis: DayAxis, placed: list[tuple[Item, Entry]], body: list[Item], candidate: Candidate
) -> None:
    by_day: dict[int, list[tuple[Item, Entry]]] = {day.day: [] for day in axis.days}
    for cell, entry in placed:
        by_day[entry.day].append((cell, entry))
    prints = Counter(
        time
        for entries in by_day.values()
        for t in {(e.start, e.end) for _, e in entries}
        for time in t
    )
    for day, entries in by_day.items():
        entries.sort(key=lambda pair: pair[0].box.y)
        spans = [(entry.start, entry.end) for _, entry in entries]
        # An inner time is printed twice on its own day when the chain is whole: more is another
        # day's word.
        confirmed = {time for time, count in prints.items() if count > _on(spans, time)}
        for doubt in doubts_of(
            spans, where=day_name(day), twelve=candidate.twelve, confirmed=confirmed
        ):
            candidate.add(doubt.at(day=day))
    gap_doubts({day: [e for _, e in pairs] for day, pairs in by_day.items()}, candidate)
    _edges(by_day, body, axis, candidate)


def _on(spans: list[tuple[int, int]], time: int) -> int:
    return sum(time in span for span in spans)


def gap_doubts(by_day: dict[int, list[Entry]], candidate: Candidate) -> None:
    """A gap no shorter than the shortest lesson may be a lost one, unless every day has it."""
    lengths = [e.end - e.start for entries in by_day.values() for e in entries]
    shortest = min(lengths, default=0)
    gaps: Counter[tuple[int, int]] = Counter()
    for entries in by_day.values():
        gaps.update({(a.end, b.start) for a, b in pairwise(entries) if b.start > a.end})
    for day, entries in by_day.items():
        for one, following in pairwise(entries):
            gap = (one.end, following.start)
            if gap[1] - gap[0] < shortest or gap[1] <= gap[0]:
                continue
            if gaps[gap] < len([d for d in by_day.values() if d]):
                candidate.doubt(
                    "time-gap",
                    f"{day_name(day)}: nothing stands between {text_of(gap[0])} and "
                    f"{text_of(gap[1])}, as other days do.",
                    day=day,
                    start=gap[0],
                )


def _edges(
    by_day: dict[int, list[tuple[Item, Entry]]],
    body: list[Item],
    axis: DayAxis,
    candidate: Candidate,
) -> None:
    """Days that begin or end otherwise than the others, and empty cells that may have held a
    lesson.
    """
    empty = [cell for cell in body if not cell.lines]
    spans = {
        day: (min(e.start for _, e in pairs), max(e.end for _, e in pairs))
        for day, pairs in by_day.items()
        if pairs
    }
    for day in by_day.keys() - spans.keys():
        candidate.doubt("hole", f"{day_name(day)} is empty.", day=day)
    for cell in empty:
        for day in axis.covered_by(cell.box.x0, cell.box.x1):
            if any(c.box.y > cell.box.y for c, _ in by_day[day.day]):
                candidate.doubt(
                    "hole",
                    f"{day_name(day.day)} has an empty cell between its lessons.",
                    cell,
                    day=day.day,
                )
    for which, name in ((0, "begins"), (1, "ends")):
        values = Counter(span[which] for span in spans.values())
        usual, count = values.most_common(1)[0] if values else (0, 0)
        for day, span in spans.items():
            if span[which] == usual and count > 1:
                continue
            # A full column of cells has lost none; tiles without a grid leave no trace.
            emptied = any(
                d.day == day for cell in empty for d in axis.covered_by(cell.box.x0, cell.box.x1)
            )
            alone = not empty and count == len(spans) - 1 and day != FRIDAY
            if emptied or alone:
                candidate.doubt(
                    "day-ends-differ",
                    f"{day_name(day)} {name} otherwise than the other days ({text_of(usual)}).",
                    day=day,
                    start=span[which],
                )


def _free_text(frame: Frame, axis: DayAxis, body: list[Item], candidate: Candidate) -> None:
    low, high = min(c.box.y0 for c in body), max(c.box.y1 for c in body)
    for item in frame.free:
        if low < item.box.y < high and axis.covered_by(item.box.x0, item.box.x1):
            candidate.doubt("unexplained-text", f"{item.text!r} stands between the cells.", item)
