"""One page in the frame of its day axis: days along `u`, times along `v`, whichever way the
table lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from lambdas.documents.reading.days import day_of
from lambdas.documents.reading.lines import Line, chunks_of, lines_of, turn_of
from lambdas.documents.reading.page import Box, Cell, Page, around

APART = 3.0
"""Heights of a line between two words, from which they hardly belong to one title."""


@dataclass(frozen=True, slots=True)
class Item:
    """Text with a place: a cell's, or a free piece of a line."""

    box: Box
    """In the frame: x is the day axis, y the time axis."""
    lines: tuple[Line, ...]
    cell: Cell | None

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def on_page(self) -> Box:
        """Where it stands on the page, whichever way the frame lies."""
        if self.cell is not None:
            return self.cell.box
        return around([word.box for line in self.lines for word in line.words])

    @property
    def seen(self) -> bool:
        return all(line.seen for line in self.lines)

    @property
    def across(self) -> str:
        """The words of its cell that run another way than its lines, and stand in none of them."""
        words = self.cell.words if self.cell else ()
        return " ".join(word.text for word in words if word.turn != turn_of(words))

    @property
    def is_a_row(self) -> bool:
        """Words as far apart as in cells of their own: a band across a table is no merged cell."""
        words = sorted(self.cell.words if self.cell else (), key=lambda word: word.box.x0)
        return any(
            right.box.x0 - left.box.x1 > APART * max(left.size, right.size)
            for left, right in pairwise(words)
        )


@dataclass(frozen=True, slots=True)
class Frame:
    items: tuple[Item, ...]
    cells: tuple[Item, ...]
    """All cells, the empty ones too."""
    transposed: bool

    @property
    def free(self) -> list[Item]:
        return [item for item in self.items if item.cell is None]


def framed(page: Page, *, transposed: bool) -> Frame:
    def place(box: Box) -> Box:
        return box.transposed() if transposed else box

    heads = [cell for cell in page.cells if _holds_days(cell)]
    cells = tuple(
        Item(place(cell.box), tuple(lines_of(cell.words)), cell)
        for cell in page.cells
        if cell not in heads
    )
    free = tuple(
        Item(place(_real_box(line)), (line,), None)
        for words in (page.words, *(cell.words for cell in heads))
        for turn in (0, 90, 180, 270)
        for line in chunks_of([word for word in words if word.turn == turn])
    )
    return Frame(
        items=tuple(item for item in cells if item.lines) + free,
        cells=cells,
        transposed=transposed,
    )


def _holds_days(cell: Cell) -> bool:
    """A bar of days without rules between them, or one whose rule was lost between two: its pieces
    stand for themselves.
    """
    named = [day_of(line.text) is not None for line in chunks_of(cell.words)]
    return sum(named) >= 3 or (len(named) == 2 and all(named))


def _real_box(line: Line) -> Box:
    return around([word.box for word in line.words])


def overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    """The shared length as a part of the shorter one."""
    shared = min(a1, b1) - max(a0, b0)
    return shared / max(1e-6, min(a1 - a0, b1 - b0))
