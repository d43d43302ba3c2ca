"""Whether a table goes on beyond what is shown of it: a page that was cropped, or photographed too
near.

What is missing cannot be read, and what is left looks whole. It shows at its border: cells that end
where the picture does, or rules between them that run on where no rule closes the row.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from lambdas.documents.reading.cells import Picture
from lambdas.documents.reading.page import Box

FEWEST = 3
"""Cells beside one another that make the border of a table."""
LEVEL = 4
"""Pixels by which the cells of one row end higher or lower."""
RULE, OF_THE_SIDE = 5, 250
"""Pixels of the thickest rule that closes a row, and which part of a larger picture's side."""
STUB = 4
"""Pixels that a rule runs on to be seen."""
DIFFERS = 40
"""Of 255: a rule from what lies beside it."""
FAINT = 12
AT_EDGE = 2

LOWER, UPPER, RIGHT, LEFT = "lower edge", "upper edge", "right side", "left side"


def cut_sides(picture: Picture, cells: list[Box]) -> tuple[str, ...]:
    """On which sides the table of these cells is cut off."""
    return tuple(side for side, seen, boxes in _views(picture, cells) if _goes_on(seen, boxes))


def _views(picture: Picture, cells: list[Box]) -> Iterator[tuple[str, Picture, list[Box]]]:
    """The picture four times, each with another side below."""
    height, width = picture.shape[:2]
    yield LOWER, picture, cells
    yield UPPER, picture[::-1], [Box(b.x0, height - b.y1, b.x1, height - b.y0) for b in cells]
    turned = [box.transposed() for box in cells]
    across = picture.swapaxes(0, 1)
    yield RIGHT, across, turned
    yield LEFT, across[::-1], [Box(b.x0, width - b.y1, b.x1, width - b.y0) for b in turned]


def _goes_on(picture: Picture, cells: list[Box]) -> bool:
    """Whether it does at the lower edge of that view."""
    ends = [box.y1 for box in cells]
    closing = [end for end in ends if sum(abs(end - other) <= LEVEL for other in ends) >= FEWEST]
    if not closing:
        return False
    bottom = max(closing)
    row = sorted((b for b in cells if abs(b.y1 - bottom) <= LEVEL), key=lambda b: b.x0)
    if bottom >= picture.shape[0] - AT_EDGE:
        return True
    thick = max(RULE, max(picture.shape) // OF_THE_SIDE)
    beside = [(a, b) for a, b in pairwise(row) if 0 <= b.x0 - a.x1 <= 2 * thick]
    stubs = sum(_runs_on(picture, a, b, int(bottom), thick) for a, b in beside)
    return stubs >= FEWEST - 1 and stubs > len(beside) / 2


def _runs_on(picture: Picture, left: Box, right: Box, bottom: int, thick: int) -> bool:
    """Whether the rule between two cells is there below the one that closes them."""
    part = picture[bottom : bottom + thick + STUB].astype(np.int16)
    beside = part[:, int(left.x0 + left.width / 4) : int(left.x1 - left.width / 4)]
    rule = part[:, max(0, int(left.x1) - 1) : int(right.x0) + 2]
    if not rule.size or not beside.size:
        return False
    ground = np.median(beside[-AT_EDGE:].reshape(-1, picture.shape[2]), axis=0)
    closing = np.abs(np.median(beside, axis=1) - ground).max(axis=1) > FAINT
    # Below the closing rule and what is left of it in a soft print.
    below = int(np.flatnonzero(closing)[-1]) + 2 if closing.any() else 0
    below = min(below, len(part) - AT_EDGE)
    away = np.abs(rule - ground).max(axis=2).max(axis=1)
    return bool((away[below : below + STUB] > DIFFERS).all())
