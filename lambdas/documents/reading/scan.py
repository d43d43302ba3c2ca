"""Scanned pages: the light evened out, the page turned straight, and its rules found in spite of
noise.

What a scan has lost is not guessed: pale fills without a rule around them are not found, and the
words in them are
then words outside all cells, which is a doubt.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lambdas.documents.preprocessing.labels import regions_of
from lambdas.documents.preprocessing.pictures import apart, brightest, darkest
from lambdas.documents.preprocessing.runs import long_runs
from lambdas.documents.reading.cells import (
    MIN_SIDE_SHARE,
    Found,
    Picture,
    long_rules,
    stretched,
)
from lambdas.documents.reading.page import Box

SMALLEST = 12
"""Pixels: of a narrower cell nothing is left between its rims."""
RIM_STEP = 14
"""How much a fill differs from the paper in a scan; noise is blurred below it."""

TEXT_REACH = (4, 6, 8)
"""Pixels from a rule at which no words stand yet."""
TEXTUAL, THICK = 0.2, 0.85
"""How much of the ink beside a level run is that of words, and how much is a rule's own."""

Mask = NDArray[np.bool_]


def cells_of_scan(picture: Picture) -> tuple[list[Found], list[Box]]:
    """As `cells_of`, from dark rules instead of exact edges, and the rules that run far."""
    grey = darkest(picture)
    height, width = grey.shape
    unit = max(height, width)
    dark = _darker_than_around(grey)
    across = _without_text(_lines(dark, unit // 40, axis=1), dark, unit // 40)
    smooth = np.asarray(Image.fromarray(picture).filter(ImageFilter.BoxBlur(2)))
    across |= _rims(smooth, unit // 20, axis=0)
    down = _lines(dark, unit // 55, axis=0) | _rims(smooth, unit // 45, axis=1)
    reach = max(6, unit // 150)
    barrier = stretched(across, reach, axis=1) | stretched(down, reach, axis=0)
    smallest = max(unit * MIN_SIDE_SHARE * 1.3, SMALLEST)
    found: list[Found] = []
    for region in regions_of(~barrier, min_area=int(smallest * smallest)):
        box = Box(region.x0, region.y0, region.x1, region.y1)
        if min(box.width, box.height) < smallest or region.fullness < 0.8:
            continue
        if box.width > 0.97 * width and box.height > 0.97 * height:
            continue
        inside = picture[int(box.y0) + 4 : int(box.y1) - 4, int(box.x0) + 4 : int(box.x1) - 4]
        fill = np.median(inside.reshape(-1, 3)[::7], axis=0)
        found.append(Found(box, (int(fill[0]), int(fill[1]), int(fill[2])), ink=True))
    return found, long_rules(across, min_length=width // 3)


def _without_text(across: Mask, dark: Mask, length: int) -> Mask:
    """Level runs but those along a line of words, which fills a narrow cell from side to side.

    Above or below them lies other ink, here and there; beside a thin rule lies none, and beside a
    row of a thick one ink everywhere.
    """
    near = np.zeros(dark.shape, dtype=np.float32)
    ink = dark.astype(np.float32)
    total = np.cumsum(np.pad(ink, ((0, 0), (length // 2 + 1, length // 2))), axis=1)
    around = (total[:, 2 * (length // 2) + 1 :] - total[:, : -2 * (length // 2) - 1]) / length
    around[around > THICK] = 0
    for off in TEXT_REACH:
        near[off:] = np.maximum(near[off:], around[:-off])
        near[:-off] = np.maximum(near[:-off], around[off:])
    return long_runs(across & (near < TEXTUAL), length, axis=1)


def _darker_than_around(grey: NDArray[np.uint8]) -> Mask:
    around = np.asarray(Image.fromarray(grey).filter(ImageFilter.BoxBlur(14)))
    # On a dark fill the paper between letters would be "darker".
    return (grey < around - 16) & (around > 130)


def _rims(smooth: Picture, length: int, *, axis: int) -> Mask:
    """Where a fill ends: a step of colour, level or upright, that is long."""
    step = np.zeros(smooth.shape[:2], dtype=np.uint8)
    if axis == 0:
        step[3:-3] = brightest(apart(smooth[6:], smooth[:-6]))
        crest = step >= np.maximum(np.roll(step, 1, axis=0), np.roll(step, -1, axis=0))
    else:
        step[:, 3:-3] = brightest(apart(smooth[:, 6:], smooth[:, :-6]))
        crest = step >= np.maximum(np.roll(step, 1, axis=1), np.roll(step, -1, axis=1))
    return _lines((step > RIM_STEP) & crest, length, axis=1 - axis)


def _lines(dark: Mask, length: int, *, axis: int) -> Mask:
    """Long dark runs; a pixel up or down and short breaks are forgiven."""
    thick = dark.copy()
    if axis == 1:
        thick[1:] |= dark[:-1]
        thick[:-1] |= dark[1:]
    else:
        thick[:, 1:] |= dark[:, :-1]
        thick[:, :-1] |= dark[:, 1:]
    return long_runs(stretched(thick, 1, axis=axis), length, axis=axis)
