"""Grids without upright lines: rows between horizontal rules or bands, columns only by where the
words stand.

The page is given cells where a ruled one has them, and is then read like any other. What the
missing lines would have
said (a cell over two days) cannot be seen: such a cell leaves holes, and holes are doubts.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from lambdas.documents.reading.day_axis import day_axis_of
from lambdas.documents.reading.frame import framed
from lambdas.documents.reading.lines import chunks_of, lines_of
from lambdas.documents.reading.page import Box, Cell, Page, Word
from lambdas.documents.reading.times import ranges, whole

SPACE = 0.45
"""Words of two columns keep at least this part of the font size between them."""


def with_cells(page: Page) -> Page | None:
    """The page with cells drawn in, or None when it is not such a grid."""
    words = [*page.words, *(word for cell in page.cells for word in cell.words)]
    bare = replace(page, cells=(), words=tuple(word for word in words if word.turn == 0))
    axis = day_axis_of(framed(bare, transposed=False))
    if axis is None or len(axis.days) < 5:
        return None
    bounds = _columns([day.at for day in axis.days])
    if _has_cells(page, bounds, axis.bottom):
        return None
    below = [word for word in bare.words if word.box.y > axis.bottom]
    times = [
        line
        for line in chunks_of([word for word in below if word.box.x < bounds[0]])
        if whole(line.text) or any(True for _ in ranges(line.text))
    ]
    rows = _rows(page, [line.box.y for line in times], axis.bottom, bounds)
    if rows is None or len(times) < 3:
        return None
    left = min(line.box.x0 for line in times) - 4
    edges = [left, *bounds]
    cells: list[Cell] = []
    used: set[int] = set()
    for top, bottom in rows:
        inside = [w for w in below if top < w.box.y < bottom and left <= w.box.x <= bounds[-1]]
        used |= {id(word) for word in inside}
        if not _columns_apart(inside, edges):
            return None
        for low, high in pairwise(edges):
            held = tuple(word for word in inside if low <= word.box.x < high)
            box = Box(low, top, high, bottom)
            cells.append(Cell(box=box, fill=(255, 255, 255), words=held, ink=bool(held)))
    rest = tuple(word for word in words if id(word) not in used)
    return replace(page, cells=tuple(cells), words=rest)


def _columns(centres: list[float]) -> list[float]:
    inner = [(a + b) / 2 for a, b in pairwise(centres)]
    first = centres[0] - (inner[0] - centres[0])
    last = centres[-1] + (centres[-1] - inner[-1])
    return [first, *inner, last]


def _has_cells(page: Page, bounds: list[float], top: float) -> bool:
    """Cells with words that are narrower than half of the grid: it has lines of its own."""
    half = (bounds[-1] - bounds[0]) / 2
    return any(
        cell.words and cell.box.width < half and cell.box.y > top and cell.box.x > bounds[0]
        for cell in page.cells
    )


def _rows(
    page: Page, times: list[float], top: float, bounds: list[float]
) -> list[tuple[float, float]] | None:
    """From rule to rule, one time in each."""
    wide = [
        rule.y
        for rule in page.rules
        if rule.x0 < bounds[1] and rule.x1 > bounds[-2] and rule.y > top - 4
    ]
    rules: list[float] = []
    for y in sorted(wide):
        if not rules or y - rules[-1] > 6:
            rules.append(y)
    rows = [(a, b) for a, b in pairwise(rules) if any(a < y < b for y in times)]
    if len(rows) != len(times) or len(rows) < 3:
        return None
    if any(sum(a < y < b for y in times) != 1 for a, b in rows):
        return None
    return rows


def _columns_apart(words: list[Word], edges: list[float]) -> bool:
    """Words on one line in neighbouring columns keep more than a space between them."""
    for line in lines_of(words):
        for one, other in pairwise(line.words):
            between = any(one.box.x < edge <= other.box.x for edge in edges[1:-1])
            if between and other.box.x0 - one.box.x1 < SPACE * min(one.size, other.size):
                return False
    return True
