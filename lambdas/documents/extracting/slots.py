"""What stands where: the one set of lessons that the boxes of the words allow.

A second, narrower way to read a page than the interpreter's, by alignment alone: days across (or
down), times beside them, cells between. What does not fit this frame exactly cannot be told here,
and then no answer can be held against it: a person decides. So an answer made of real words in
wrong places, or with a lesson left out, has nothing to pass by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lambdas.documents.model.timetable import DAYS, Block, InvalidTimetableError
from lambdas.documents.reading.days import day_of, mentions_day
from lambdas.documents.reading.entries import Candidate, day_name
from lambdas.documents.reading.frame import Frame, Item, framed, overlap
from lambdas.documents.reading.holes import Slot, hole_doubts
from lambdas.documents.reading.open_grid import with_cells
from lambdas.documents.reading.page import Page, Reading
from lambdas.documents.reading.periods import Column, Period, columns_of, one_time, parsed
from lambdas.documents.reading.texts import UNSURE_TIME, cell_title, habits_in
from lambdas.documents.reading.times import (
    Span,
    has_digits_of_time,
    ranges,
    singles,
    text_of,
)
from lambdas.documents.reading.titles import Habits

WEEK = frozenset(range(5))
COVERED, BESIDE = 0.75, 0.25
"""A cell covers a column or row from this share of its width on, and stands beside it up to that.
Between the two nobody can tell."""
SETTLED = frozenset({"reading-unsure"})
"""Doubts about a cell that a second reading settles. Where a title ends it does not: of two splits
nothing on the page says which is meant."""


class CannotTellError(Exception):
    """The boxes allow no answer, or more than one; the words are for a person."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class _Head:
    day: int
    low: float
    high: float

    @property
    def at(self) -> float:
        return (self.low + self.high) / 2


def blocks_of(reading: Reading) -> tuple[Block, ...]:
    """The lessons of the page. Raises CannotTellError where its boxes do not settle each."""
    if reading.remarks:
        raise CannotTellError(f"A part of the document was not read: {reading.remarks[0]}")
    pages = [page for page in reading.pages if _has_words(page)]
    if len(pages) != 1:
        raise CannotTellError("The document has words on more than one page.")
    refusals: list[CannotTellError] = []
    found: list[tuple[Block, ...]] = []
    for page, transposed in _ways(pages[0]):
        frame = framed(page, transposed=transposed)
        heads = _heads(frame)
        if heads is None:
            continue
        try:
            found.append(tuple(_grid(frame, heads)))
        except CannotTellError as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
    if not found:
        raise CannotTellError("There is no row or column with the days from Monday to Friday.")
    if any(set(other) != set(found[0]) for other in found[1:]):
        raise CannotTellError("The table can be read in two ways.")
    return found[0]


def _ways(page: Page) -> Iterator[tuple[Page, bool]]:
    drawn_in = with_cells(page)
    if drawn_in is not None:
        yield drawn_in, False
        return
    yield page, False
    yield page, True


def _has_words(page: Page) -> bool:
    return bool(page.words) or any(cell.words for cell in page.cells)


def _heads(frame: Frame) -> list[tuple[_Head, Item]] | None:
    """The names of days in one line, in order, each once; None where this is no such frame."""
    named = [(day, item) for item in frame.items if (day := day_of(item.text)) is not None]
    if not {day for day, _ in named} >= WEEK:
        return None
    first = min((item for _, item in named), key=lambda item: item.box.y)
    line = [
        (day, item)
        for day, item in named
        if overlap(first.box.y0, first.box.y1, item.box.y0, item.box.y1) > 0.5
    ]
    days = [day for day, _ in sorted(line, key=lambda each: each[1].box.x)]
    if not set(days) >= WEEK:
        return None
    if len(line) != len(named):
        raise CannotTellError("The days stand in more than one place.")
    if days != sorted(set(days)) or days != list(range(len(days))):
        raise CannotTellError("The days do not stand in their order, each once.")
    items = [item for _, item in sorted(line, key=lambda each: each[1].box.x)]
    bounds = _bounds(items)
    return [
        (_Head(day, low, high), item)
        for day, item, (low, high) in zip(days, items, bounds, strict=True)
    ]


def _bounds(items: Sequence[Item]) -> list[tuple[float, float]]:
    """The columns: as their cells say, else half way between the names."""
    if all(item.cell is not None for item in items):
        return [(item.box.x0, item.box.x1) for item in items]
    centres = [item.box.x for item in items]
    middles = [(a + b) / 2 for a, b in pairwise(centres)]
    first, last = 2 * centres[0] - middles[0], 2 * centres[-1] - middles[-1]
    return list(pairwise([first, *middles, last]))


def _grid(frame: Frame, placed: list[tuple[_Head, Item]]) -> Iterator[Block]:
    heads = [head for head, _ in placed]
    named = {id(item) for _, item in placed}
    bottom = max(item.box.y1 for _, item in placed)
    left, right = heads[0].low, heads[-1].high
    below = [item for item in frame.cells if item.box.y > bottom]
    axis = [item for item in below if item.box.x < left]
    body = [item for item in below if left <= item.box.x <= right]
    floor = max((item.box.y1 for item in (*axis, *body)), default=bottom)
    for item in frame.items:
        if id(item) in named or item in axis or item in body:
            continue
        inside = item.box.y > bottom and item.box.y < floor
        if item.cell is None and inside and item.box.x < left:
            axis.append(item)
            continue
        if inside or (item.cell is not None and item.box.y > bottom):
            raise CannotTellError(f"{item.text!r} stands in no cell of the table.")
        if item.box.x > right and item.box.y > bottom:
            raise CannotTellError(f"{item.text!r} stands beside the table.")
        if _matters(item.text):
            raise CannotTellError(f"{item.text!r} outside the table speaks of days or times.")
    for item in (*axis, *body, *(item for _, item in placed)):
        _look(item)
    if not all(item.cell is not None for item in body) or not body:
        raise CannotTellError("The table has no cells.")
    periods = _periods(frame, axis)
    habits = habits_in(body)
    if periods:
        _even(heads, periods, body)
        yield from _by_axis(heads, periods, body, habits)
    else:
        yield from _by_own_times(heads, body, habits)


def _matters(text: str) -> bool:
    return has_digits_of_time(text) or mentions_day(text)


def _look(item: Item) -> None:
    if not item.seen:
        raise CannotTellError(f"{item.text!r} is in the file but covered on the page.")
    if item.cell is not None and item.cell.ink and not item.lines:
        raise CannotTellError("Something is drawn in a cell where nothing could be read.")


def _periods(frame: Frame, axis: list[Item]) -> list[Period]:
    """The times beside the days, in order; none where every cell has its own."""
    columns = columns_of(frame, [item for item in axis if item.lines], [])
    timed = [column for column in columns if column.kind != "label"]
    for column in columns:
        if column not in timed and any(_matters(item.text) for item in column.items):
            raise CannotTellError("A column beside the days has times in some of its rows only.")
    if not timed:
        return []
    if len(timed) == 1 and timed[0].kind == "range":
        periods = [_ranged(item) for item in timed[0].items]
    elif len(timed) == 2 and all(column.kind == "single" for column in timed):
        periods = _paired(timed[0], timed[1])
    else:
        raise CannotTellError("It is not clear when each lesson ends.")
    for one, following in pairwise(periods):
        assert one.end is not None
        assert following.start is not None
        if one.end > following.start:
            raise CannotTellError(f"The times do not follow each other at {_clock(following)}.")
        if one.high > following.low + 0.25 * (one.high - one.low):
            raise CannotTellError(f"The rows overlap at {_clock(following)}.")
    return periods


def _ranged(item: Item) -> Period:
    label, times = parsed(item.text)
    if times is None or times[0] >= times[1]:
        raise CannotTellError(f"{item.text!r} beside the days is no time.")
    return _period(item, label, *times)


def _paired(starts: Column, ends: Column) -> list[Period]:
    if len(starts.items) != len(ends.items):
        raise CannotTellError("Some rows have a start or an end only.")
    periods: list[Period] = []
    for one, other in zip(starts.items, ends.items, strict=True):
        start, end = one_time(one.text), one_time(other.text)
        if start is None or end is None or start >= end:
            raise CannotTellError(f"{one.text!r} and {other.text!r} are no start and end.")
        if overlap(one.box.y0, one.box.y1, other.box.y0, other.box.y1) < COVERED:
            raise CannotTellError(f"{one.text!r} and {other.text!r} do not stand in one row.")
        _sure_time(other)
        periods.append(_period(one, "", start, end))
    return periods


def _period(item: Item, label: str, start: int, end: int) -> Period:
    _sure_time(item)
    return Period(item.box.y0, item.box.y1, label, start, end, item)


def _sure_time(item: Item) -> None:
    words = [word for line in item.lines for word in line.words]
    if any(word.sure < UNSURE_TIME for word in words if any(c.isdigit() for c in word.text)):
        raise CannotTellError(f"No two readings of {item.text!r} agree.")


def _clock(period: Period) -> str:
    return text_of(period.start) if period.start is not None else "?"


def _even(heads: list[_Head], periods: list[Period], body: list[Item]) -> None:
    """Every slot in exactly one cell; what is empty explained by the page itself."""
    slots: list[Slot] = []
    for head in heads:
        for index, period in enumerate(periods):
            over = [
                item
                for item in body
                if _holds(item.box.x0, item.box.x1, head.low, head.high) and _row_in(item, period)
            ]
            slot = Slot(head.day, index, period, over)
            if len(over) != 1:
                what = "no cell" if not over else "more than one cell"
                raise CannotTellError(f"{slot.place} has {what}.")
            slots.append(slot)
    for doubt in hole_doubts(slots, body):
        raise CannotTellError(doubt.words)


def _row_in(item: Item, period: Period) -> bool:
    if period.item is not None and period.item.cell is None:
        # A time that stands free has no height of its own: its middle says which row it is in.
        return item.box.y0 <= period.at <= item.box.y1
    return _holds(item.box.y0, item.box.y1, period.low, period.high)


def _holds(low: float, high: float, inner_low: float, inner_high: float) -> bool:
    """Whether the outer stretch covers the inner. Raises CannotTellError for half of it."""
    share = (min(high, inner_high) - max(low, inner_low)) / max(1e-6, inner_high - inner_low)
    if share >= COVERED:
        return True
    if share <= BESIDE:
        return False
    raise CannotTellError("A cell covers a row or a column by half.")


def _days_over(item: Item, heads: list[_Head]) -> list[_Head]:
    over = [head for head in heads if _holds(item.box.x0, item.box.x1, head.low, head.high)]
    if not over:
        raise CannotTellError(f"{item.text!r} stands under no day.")
    if len(over) > 1 and item.is_a_row:
        raise CannotTellError(f"{item.text!r} may be several cells.")
    return over


def _by_axis(
    heads: list[_Head], periods: list[Period], body: list[Item], habits: Habits
) -> Iterator[Block]:
    for item in body:
        if not item.lines:
            continue
        if _matters(item.text) or any(True for _ in singles(item.text)):
            raise CannotTellError(f"{item.text!r} has a time or a day of its own.")
        rows = [period for period in periods if _row_in(item, period)]
        if not rows:
            raise CannotTellError(f"{item.text!r} stands beside no time.")
        for one, following in pairwise(rows):
            if one.end != following.start:
                raise CannotTellError(f"{item.text!r} goes on over a gap in the times.")
        start, end = rows[0].start, rows[-1].end
        assert start is not None
        assert end is not None
        for head in _days_over(item, heads):
            yield _block(item, habits, head.day, start, end)


def _by_own_times(heads: list[_Head], body: list[Item], habits: Habits) -> Iterator[Block]:
    for item in body:
        if not item.lines:
            raise CannotTellError("There is an empty cell, and nothing says what it means.")
        spans = list(ranges(item.text))
        if len(spans) != 1 or spans[0].end is None or spans[0].start >= spans[0].end:
            raise CannotTellError(f"{item.text!r} has not one time of its own.")
        rest = item.text[: spans[0].first] + " " + item.text[spans[0].last :]
        if _matters(rest) or any(True for _ in singles(rest)):
            raise CannotTellError(f"{item.text!r} has more than one time of its own.")
        _sure_time(item)
        over = _days_over(item, heads)
        for head in over:
            yield _block(item, habits, head.day, spans[0].start, spans[0].end, without=spans[0])


def _block(
    item: Item, habits: Habits, day: int, start: int, end: int, *, without: Span | None = None
) -> Block:
    noted = Candidate("proof")
    place = f"{day_name(day)} {text_of(start)}"
    title = cell_title(item, habits, noted, place, without=without)
    for doubt in noted.doubts:
        if doubt.rule not in SETTLED:
            raise CannotTellError(doubt.words)
    try:
        return Block(
            day=DAYS[day],
            start=text_of(start),
            end=text_of(end),
            title=title.text,
            notes=title.notes,
        )
    except InvalidTimetableError as error:
        raise CannotTellError(str(error)) from None
