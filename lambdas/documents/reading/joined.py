"""Cells over several days or times: one entry, or several between which the rule was lost?

Of one entry the words stand together, and where the words of its table stand in the middle of
their cells so do its own. Words that stand where cells of their own would have them may be cells
of their own, and an empty cell may have been one too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from lambdas.documents.reading.frame import Item
from lambdas.documents.reading.page import Box, around

BESIDE = 0.8
"""Heights of a line: words of one title keep less between them."""
BELOW = 1.1
"""Heights of a line: lines of one cell keep less between them."""
CENTRED = 0.2
"""Of its cell's width or height: words whose middle lies nearer to its middle may be centred."""
ALIKE = 0.07
"""And they are where most lie as far off it as the usual one, give or take this part."""
OFF = 0.13
"""Words farther off than the usual are not. Half of a cell over two is a quarter off."""
IN_PLACE = 0.12
"""Of its row's height: so near to its middle stands the line of a row of its own."""
FEWEST = 6
"""Cells that make a habit."""

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placing:
    """How far the middle of the words of a table's plain cells is from their cell's, in pixels
    along both axes; None where that is no habit.
    """

    along_days: float | None
    along_times: float | None


def placing_of(cells: Sequence[Item], *, transposed: bool) -> Placing:
    """`cells`: of one day and one time each."""
    offs = [(cell.box, _off(cell, transposed=transposed)) for cell in cells if cell.lines]
    return Placing(
        along_days=_habit([(off[0], box.width) for box, off in offs]),
        along_times=_habit([(off[1], box.height) for box, off in offs]),
    )


def _habit(offs: Sequence[tuple[float, float]]) -> float | None:
    if len(offs) < FEWEST:
        return None
    usual = median(off for off, _ in offs)
    side = median(side for _, side in offs)
    spread = median(abs(off - usual) for off, _ in offs)
    return usual if abs(usual) < CENTRED * side and spread < ALIKE * side else None


def looks_joined(
    cell: Item,
    days: Sequence[float],
    rows: Sequence[Stretch],
    placing: Placing,
    *,
    transposed: bool,
) -> bool:
    """`days`: the middles of the days it lies over; `rows`: where its times lie."""
    words = cell.cell.words if cell.cell else ()
    if not words:
        return False
    boxes = [_placed(word.box, transposed=transposed) for word in words]
    size = max(word.size for word in words)
    off = _off(cell, transposed=transposed)
    if len(days) > 1:
        across = [(box.x0, box.x1) for box in boxes]
        bounds = [(a + b) / 2 for a, b in pairwise(days)]
        if _parted(across, bounds, BESIDE * size) or _strays(
            off[0], placing.along_days, cell.box.width
        ):
            return True
    if len(rows) > 1:
        down = [(box.y0, box.y1) for box in boxes]
        bounds = [(a[1] + b[0]) / 2 for a, b in pairwise(rows)]
        return (
            _parted(down, bounds, BELOW * size)
            or _in_place(down, rows)
            or _strays(off[1], placing.along_times, cell.box.height)
        )
    return False


def _parted(words: list[Stretch], bounds: Sequence[float], room: float) -> bool:
    """Whether at a bound no word stands, and more room than between the words of one entry."""
    for bound in bounds:
        before = [high for _, high in words if high <= bound]
        after = [low for low, _ in words if low >= bound]
        beside = before and after and len(before) + len(after) == len(words)
        if beside and min(after) - max(before) > room:
            return True
    return False


def _in_place(words: list[Stretch], rows: Sequence[Stretch]) -> bool:
    """Whether each row has words, and each in its middle."""
    for low, high in rows:
        inside = [word for word in words if low <= sum(word) / 2 <= high]
        if not inside:
            return False
        middle = (min(w[0] for w in inside) + max(w[1] for w in inside)) / 2
        if abs(middle - (low + high) / 2) > IN_PLACE * (high - low):
            return False
    return True


def _strays(off: float, usual: float | None, side: float) -> bool:
    return usual is not None and abs(off - usual) > OFF * side


def _off(cell: Item, *, transposed: bool) -> tuple[float, float]:
    """How far the middle of the words is from the cell's, in pixels."""
    assert cell.cell is not None
    words = around([_placed(word.box, transposed=transposed) for word in cell.cell.words])
    return words.x - cell.box.x, words.y - cell.box.y


def _placed(box: Box, *, transposed: bool) -> Box:
    return box.transposed() if transposed else box
