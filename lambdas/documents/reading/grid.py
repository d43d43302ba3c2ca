"""A grid: days along one axis, times along the other (or in the cells). Every slot must be
covered exactly once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lambdas.documents.reading.bells import bell_times
from lambdas.documents.reading.day_axis import Day, DayAxis, day_axis_of
from lambdas.documents.reading.entries import Candidate, Entry, day_name
from lambdas.documents.reading.evidence import Doubt
from lambdas.documents.reading.frame import Frame, Item, framed
from lambdas.documents.reading.grid_times import (
    Clock,
    clock_of_day,
    clocks_of,
    judge,
    period_name,
    with_end_of_day,
)
from lambdas.documents.reading.holes import Slot, hole_doubts
from lambdas.documents.reading.joined import looks_joined, placing_of
from lambdas.documents.reading.own_times import is_time_in_cells, read_time_in_cells
from lambdas.documents.reading.page import Page
from lambdas.documents.reading.periods import Column, Period, columns_of, parsed
from lambdas.documents.reading.texts import (
    UNSURE,
    UNSURE_TIME,
    cell_title,
    habits_in,
    named_day_doubts,
    seen_doubts,
)
from lambdas.documents.reading.times import has_digits_of_time, prints_24_hours, singles, whole
from lambdas.documents.reading.titles import Habits


def read_grid(page: Page, *, transposed: bool) -> Candidate | None:
    frame = framed(page, transposed=transposed)
    axis = day_axis_of(frame)
    if axis is None:
        return None
    candidate = Candidate("grid-days-down" if transposed else "grid")
    candidate.days = {day.day for day in axis.days}
    if axis.several:
        candidate.doubt("several-tables", "There is more than one row of days on the page.")
    body = _body(frame, axis)
    if sum(1 for cell in body if cell.lines) < 3:
        return None
    candidate.twelve = not any(prints_24_hours(item.text) for item in frame.items)
    for cell in body:
        if not cell.lines:
            seen_doubts(cell, candidate)
    for day in axis.days:
        seen_doubts(day.item, candidate, unsure_below=0 if axis.confirms(day) else UNSURE)
    if is_time_in_cells(body):
        read_time_in_cells(frame, axis, body, candidate)
    else:
        _read_slots(frame, axis, body, candidate)
    return candidate if candidate.entries else None


def _body(frame: Frame, axis: DayAxis) -> list[Item]:
    """The cells under the days, empty ones too."""
    return [
        cell
        for cell in frame.cells
        if cell.box.y > axis.bottom
        and cell.box.y0 > axis.top
        and axis.covered_by(cell.box.x0, cell.box.x1)
    ]


def _read_slots(frame: Frame, axis: DayAxis, body: list[Item], candidate: Candidate) -> None:
    texts = free_texts(frame)
    key = bell_times(" ".join(texts))
    columns = _axis_columns(frame, axis, body, key)
    clocks = clocks_of(frame, axis, columns, body, key=key)
    if not clocks:
        return
    clocks = [with_end_of_day(clock, texts, candidate) for clock in clocks]
    judge(clocks, axis, {s.start for text in texts for s in singles(text)}, candidate)
    slots = _slots(axis, clocks)
    habits = habits_in(body)
    for cell in body:
        _place(cell, axis, clocks, slots, habits, candidate)
    _joined(frame, axis, clocks, body, candidate)
    _unexplained(frame, axis, columns, clocks, candidate)
    for doubt in hole_doubts(list(slots.values()), body):
        candidate.add(doubt)
    candidate.doubts = [_located(doubt, frame, axis, clocks) for doubt in candidate.doubts]


def free_texts(frame: Frame) -> list[str]:
    """Running text outside the grid, line by line as printed, and boxes of text beside it."""
    free = sorted(frame.free, key=lambda i: _page_order(i, frame.transposed))
    return [item.text for item in free] + [
        item.text for item in frame.cells if len(item.text) > 40 and item.lines
    ]


def _page_order(item: Item, transposed: bool) -> tuple[float, float]:
    return (item.box.x0, item.box.y0) if transposed else (item.box.y0, item.box.x0)


def _axis_columns(
    frame: Frame, axis: DayAxis, body: list[Item], key: dict[str, tuple[int, int]]
) -> list[Column]:
    """Columns of cells beside the days; where none holds times, columns of free text."""
    high = max(cell.box.y1 for cell in body)
    row = sorted(cell.box.height for cell in body)[len(body) // 2]

    def beside(item: Item) -> bool:
        """Also a time above or below all lessons that were found: its row may have been lost."""
        if axis.covered_by(item.box.x0, item.box.x1) or item.box.y <= axis.bottom:
            return False
        below = item.box.y < high + 2 * row and whole(item.text) is not None
        return item.box.y < high or below

    cells = [cell for cell in frame.cells if beside(cell)]
    columns = columns_of(frame, [c for c in cells if c.lines], [c for c in cells if not c.lines])
    if any(c.kind != "label" and len(c.items) >= 3 for c in columns) or (columns and key):
        return columns
    return columns_of(frame, [item for item in frame.free if beside(item)], [])


def _slots(axis: DayAxis, clocks: list[Clock]) -> dict[tuple[int, int], Slot]:
    slots: dict[tuple[int, int], Slot] = {}
    for day in axis.days:
        for index, period in enumerate(clock_of_day(clocks, day.at).periods):
            slots[day.day, index] = Slot(day.day, index, period)
    return slots


def _place(
    cell: Item,
    axis: DayAxis,
    clocks: list[Clock],
    slots: dict[tuple[int, int], Slot],
    habits: Habits,
    candidate: Candidate,
) -> None:
    days = axis.covered_by(cell.box.x0, cell.box.x1)
    clock = clock_of_day(clocks, days[0].at)
    if any(clock_of_day(clocks, day.at) is not clock for day in days):
        candidate.doubt("time-contradicts", f"{cell.text!r} spans days with different times.", cell)
    covered = [(i, p) for i, p in enumerate(clock.periods) if cell.box.y0 <= p.at <= cell.box.y1]
    if not covered:
        _outside(cell, clock, candidate)
        return
    for day in days:
        for index, _ in covered:
            slots[day.day, index].cells.append(cell)
    _alignment(cell, [p for _, p in covered], days, candidate)
    if not cell.lines:
        return
    if len(days) > 1 and cell.is_a_row:
        candidate.doubt(
            "cell-not-aligned", f"{cell.text!r} reads like several cells in a row.", cell
        )
    first, last = covered[0][1], covered[-1][1]
    if not all(period.timed for _, period in covered):
        candidate.doubt(
            "row-without-time",
            f"{cell.text!r} stands in {period_name(first)}, which has no times.",
            cell,
        )
        return
    assert first.start is not None
    assert last.end is not None
    title = cell_title(cell, habits, candidate, f"{day_name(days[0].day)} {period_name(first)}")
    if not title.text:
        return
    for day in days:
        candidate.entries.append(Entry(day.day, first.start, last.end, title.text, title.notes))
    named_day_doubts(cell, [day.day for day in days], candidate)
    _contradictions(cell, first.start, last.end, candidate)


def _joined(
    frame: Frame, axis: DayAxis, clocks: list[Clock], body: list[Item], candidate: Candidate
) -> None:
    """Cells over several days or times whose words do not look like one entry's."""
    plain: list[Item] = []
    wide: list[tuple[Item, list[Day], list[Period]]] = []
    for cell in body:
        days = axis.covered_by(cell.box.x0, cell.box.x1)
        periods = clock_of_day(clocks, days[0].at).periods
        rows = [period for period in periods if cell.box.y0 <= period.at <= cell.box.y1]
        if cell.lines and rows:
            if len(days) == len(rows) == 1:
                plain.append(cell)
            else:
                wide.append((cell, days, rows))
    placing = placing_of(plain, transposed=frame.transposed)
    for cell, days, rows in wide:
        if looks_joined(
            cell,
            [day.at for day in days],
            [(row.low, row.high) for row in rows],
            placing,
            transposed=frame.transposed,
        ):
            candidate.doubt("cell-not-aligned", f"{cell.text!r} may be more than one cell.", cell)


def _contradictions(cell: Item, start: int, end: int, candidate: Candidate) -> None:
    printed = {span.start for span in singles(cell.text)}
    if printed - {start, end}:
        candidate.doubt("time-contradicts", f"{cell.text!r} prints a time of its own.", cell)


def _outside(cell: Item, clock: Clock, candidate: Candidate) -> None:
    """A cell beside no time, also an empty one: its time may be what was lost."""
    low, high = clock.periods[0].low, clock.periods[-1].high
    row = (high - low) / len(clock.periods)
    if cell.box.height > 0.3 * row and cell.box.y0 < high + 0.3 * row:
        words = repr(cell.text) if cell.lines else "An empty cell"
        candidate.doubt("row-without-time", f"{words} stands beside no time.", cell)


def _alignment(cell: Item, periods: list[Period], days: list[Day], candidate: Candidate) -> None:
    """A cell begins where its first period begins and ends where its last one ends."""
    first, last = periods[0], periods[-1]
    off = max(
        abs(cell.box.y0 - first.low) / max(1.0, first.high - first.low),
        abs(cell.box.y1 - last.high) / max(1.0, last.high - last.low),
    )
    heads = [day.item for day in days if day.item.cell is not None]
    if len(heads) == len(days):
        off = max(
            off,
            abs(cell.box.x0 - heads[0].box.x0) / heads[0].box.width,
            abs(cell.box.x1 - heads[-1].box.x1) / heads[-1].box.width,
        )
    if off > 0.3:
        text = repr(cell.text) if cell.lines else "An empty cell"
        candidate.doubt(
            "cell-not-aligned", f"{text} does not line up with its times or days.", cell
        )


def _unexplained(
    frame: Frame, axis: DayAxis, columns: list[Column], clocks: list[Clock], candidate: Candidate
) -> None:
    """Words inside the table that nothing above used."""
    low = min(clock.periods[0].low for clock in clocks)
    high = max(clock.periods[-1].high for clock in clocks)
    for item in frame.free:
        if low < item.box.y < high and axis.covered_by(item.box.x0, item.box.x1):
            candidate.doubt("unexplained-text", f"{item.text!r} stands between the cells.", item)
    first = min(day.at for day in axis.days)
    for column in columns:
        if column.kind == "label" and column.at > first and _in_cells(column.items):
            texts = ", ".join(item.text for item in column.items[:3])
            candidate.doubt("column-without-day", f"No day stands over {texts}.")
    for clock in clocks:
        for period in clock.periods:
            if period.item is not None:
                seen_doubts(_timed(period), candidate, unsure_below=UNSURE_TIME)


def _timed(period: Period) -> Item:
    """Of a period that prints its times the lines that do: what it is called besides is no matter.

    A period whose times stand in a key is known by its name alone.
    """
    item = period.item
    assert item is not None
    lines = tuple(line for line in item.lines if has_digits_of_time(line.text))
    in_item = parsed(item.text)[1] is not None
    return replace(item, lines=lines) if in_item and lines else item


def _located(doubt: Doubt, frame: Frame, axis: DayAxis, clocks: list[Clock]) -> Doubt:
    """With the day and the row that lie where it is."""
    if doubt.place.box is None:
        return doubt
    box = doubt.place.box.transposed() if frame.transposed else doubt.place.box
    days = axis.covered_by(box.x0, box.x1)
    clock = clock_of_day(clocks, days[0].at if days else box.x)
    rows = [period for period in clock.periods if box.y0 <= period.at <= box.y1]
    return doubt.at(
        day=days[0].day if days else None,
        start=rows[0].start if rows else None,
        row=rows[0].label or None if rows else None,
    )


def _in_cells(items: Iterable[Item]) -> bool:
    return any(item.cell is not None for item in items)
