"""Finds the cells of a clean page: the rectangles of free space between rules and the edges of
fills.

A rule or the rim of a fill is a long straight edge; a letter has none that long. So the long
edges alone are
taken, and the regions between them are the cells. A merged cell needs no special case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lambdas.documents.preprocessing.labels import regions_of
from lambdas.documents.preprocessing.pictures import apart, in_any
from lambdas.documents.preprocessing.runs import long_runs
from lambdas.documents.reading.page import Box, around

STEP = 5
"""A change of colour by more than this is an edge: pale fills on white differ by six and up."""
MIN_SIDE_SHARE = 0.008
"""A cell is at least this part of the page's longer side, both ways."""
SHORT_SIDE = 16
"""A box of one line of text has sides of at least so many pixels between its rounded corners."""
AT_MOST = 3
"""Pixels by which the sides of one cell's parts differ."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Found:
    box: Box
    fill: tuple[int, int, int]
    ink: bool

    def is_small(self, page: NDArray[np.uint8]) -> bool:
        """A cell of a table, not the frame of one."""
        return self.box.width * self.box.height < 0.1 * page.shape[0] * page.shape[1]


def cells_of(picture: Picture, *, letters: bool = True) -> tuple[list[Found], list[Box]]:
    """Cells, and the long horizontal edges for pages that have only those.

    `letters`: whether words stand on the picture, whose strokes are edges too.
    """
    height, width = picture.shape[:2]
    unit = max(height, width)
    across, down = edges(picture, length=max(20, unit // 70), letters=letters)
    reach = max(4, unit // 130)
    barrier = stretched(across, reach, axis=1) | stretched(down, reach, axis=0)
    smallest = unit * MIN_SIDE_SHARE
    found: list[Found] = []
    loose: list[Box] = []
    for region in regions_of(~barrier, min_area=int(smallest * smallest)):
        box = Box(region.x0, region.y0, region.x1, region.y1)
        if min(box.width, box.height) < smallest or region.fullness < 0.82:
            continue
        if box.width > 0.97 * width and box.height > 0.97 * height:
            continue
        if region.fullness < 0.95:
            loose.append(box)
        found.append(_described(picture, box))
    # The free space between tiles, closed by accident, lies over parts of them.
    pockets = [box for box in loose if any(_cuts(box, f.box) for f in found if f.box != box)]
    found = _made_whole(picture, [f for f in found if f.box not in pockets])
    return found, long_rules(across, min_length=width // 8)


def _made_whole(picture: Picture, found: list[Found]) -> list[Found]:
    """Cells that a line of letters has cut in two: their feet are a long edge where the print is
    soft. A rule has two edges with itself between them; here is one, and the fill goes on.
    """
    whole: list[Found] = []
    for below in sorted(found, key=lambda cell: (cell.box.x0, cell.box.y0)):
        above = next((cell for cell in whole if _goes_on(cell, below)), None)
        if above is None:
            whole.append(below)
        else:
            both = around([above.box, below.box])
            whole[whole.index(above)] = _described(picture, both)
    return whole


def _goes_on(above: Found, below: Found) -> bool:
    one, other = above.box, below.box
    return (
        abs(one.x0 - other.x0) <= AT_MOST
        and abs(one.x1 - other.x1) <= AT_MOST
        and abs(other.y0 - one.y1) <= 1
        and all(abs(a - b) <= STEP for a, b in zip(above.fill, below.fill, strict=True))
    )


def _cuts(pocket: Box, cell: Box) -> bool:
    wide = min(pocket.x1, cell.x1) - max(pocket.x0, cell.x0)
    high = min(pocket.y1, cell.y1) - max(pocket.y0, cell.y0)
    return wide > 4 and high > 4 and wide * high > 0.1 * cell.width * cell.height


def edges(
    picture: Picture, *, length: int, letters: bool = True
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Horizontal and vertical edges of at least `length` pixels."""
    height, width = picture.shape[:2]
    across = np.zeros((height, width), dtype=bool)
    down = np.zeros((height, width), dtype=bool)
    across[:-1] = in_any(apart(picture[1:], picture[:-1]) > STEP)
    down[:, :-1] = in_any(apart(picture[:, 1:], picture[:, :-1]) > STEP)
    if not letters:
        return long_runs(across, length, axis=1), long_runs(down, SHORT_SIDE // 2, axis=0)
    sides = long_runs(down, length, axis=0) | long_runs(_alone(down), SHORT_SIDE, axis=0)
    return long_runs(across, length, axis=1), sides


def _alone(down: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Vertical edges without another near: the sides of small boxes, but no strokes of letters."""
    near = 12
    total = np.cumsum(np.pad(down, ((0, 0), (near + 1, near))), axis=1, dtype=np.int16)
    around = total[:, 2 * near + 1 :] - total[:, : -2 * near - 1]
    return down & (around <= 3)


def stretched(mask: NDArray[np.bool_], reach: int, *, axis: int) -> NDArray[np.bool_]:
    """Longer by `reach` at both ends, so that the rims of a rounded box meet at its corners."""
    out = mask.copy()
    done = 0
    while done < reach:
        by = min(max(done, 1), reach - done)
        grown = out.copy()
        if axis == 1:
            grown[:, by:] |= out[:, :-by]
            grown[:, :-by] |= out[:, by:]
        else:
            grown[by:] |= out[:-by]
            grown[:-by] |= out[by:]
        out = grown
        done += by
    return out


def _described(picture: Picture, box: Box) -> Found:
    """The fill of the cell, and whether anything is drawn on it."""
    inside = _inside(picture, box)
    fill = np.median(inside[:: max(1, len(inside) // 4000)], axis=0)
    colour = (int(fill[0]), int(fill[1]), int(fill[2]))
    return Found(box, colour, has_ink(picture, box, colour))


def _inside(picture: Picture, box: Box) -> Picture:
    x0, y0, x1, y1 = int(box.x0), int(box.y0), int(box.x1), int(box.y1)
    inset_x, inset_y = min(6, (x1 - x0) // 6), min(6, (y1 - y0) // 6)
    return picture[y0 + inset_y : y1 - inset_y, x0 + inset_x : x1 - inset_x].reshape(-1, 3)


def has_ink(picture: Picture, box: Box, fill: tuple[int, int, int]) -> bool:
    differs = in_any(apart(_inside(picture, box), np.array(fill, dtype=np.uint8)) > 24)
    return int(differs.sum()) > 8


def long_rules(across: NDArray[np.bool_], *, min_length: int) -> list[Box]:
    out: list[Box] = []
    for y in np.flatnonzero(across.sum(axis=1) >= min_length):
        columns = np.flatnonzero(across[y])
        rule = Box(float(columns[0]), float(y), float(columns[-1]), float(y) + 1)
        if not out or rule.y0 - out[-1].y1 > 3:
            out.append(rule)
    return out
