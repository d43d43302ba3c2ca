"""A page without its grid: every cell's fill made white, its ink black, and nothing of the rules
left.

Tesseract reads a ruled page badly and a flat one well; pieces for a second look are cut from the
flat one too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lambdas.documents.preprocessing.pictures import apart, brightest, spread
from lambdas.documents.reading.cells import Found, Picture
from lambdas.documents.reading.page import Box

Grey = NDArray[np.uint8]

RIM = 3
"""Pixels around a cell that belong to its border."""
STROKE = 4
"""Pixels of a third of the page: wider things than twice that are ground, narrower are strokes."""
STRONGER = 250.0 / np.maximum(np.arange(256), 90)
"""By how bright the ground is: in a shadow ink differs less from it."""
DARK_FILL = 140
"""Where a fill is darker than this the letters are brighter than it."""


def flattened(picture: Picture, cells: list[Found], *, floor: int = 48) -> Grey:
    """`floor`: differences from the fill smaller than this are not stretched to black (noise)."""
    background = np.median(_frame_of(picture), axis=0)
    out = _inked(picture, background, floor)
    boxes = sorted(cells, key=lambda cell: -cell.box.width * cell.box.height)
    for cell in boxes:
        x0, y0, x1, y1 = _whole(cell.box, -RIM - 2, out)
        out[y0:y1, x0:x1] = 255
    for cell in boxes:
        x0, y0, x1, y1 = _whole(cell.box, RIM, out)
        if x1 - x0 > 4 and y1 - y0 > 4:
            out[y0:y1, x0:x1] = _inked(picture[y0:y1, x0:x1], np.array(cell.fill), floor)
    return out


def flattened_scan(picture: Picture, cells: list[Found], *, floor: int) -> Grey:
    """As `flattened`, for pages in uneven light: what counts is the paper or fill close around each
    place, not the colour of the cell as a whole.
    """
    out = _against_ground(picture, floor, dark=False)
    boxes = sorted(cells, key=lambda cell: -cell.box.width * cell.box.height)
    for cell in boxes:
        x0, y0, x1, y1 = _whole(cell.box, -RIM - 2, out)
        out[y0:y1, x0:x1] = 255
    for cell in boxes:
        x0, y0, x1, y1 = _whole(cell.box, RIM, out)
        if x1 - x0 > 4 and y1 - y0 > 4:
            part = picture[y0:y1, x0:x1]
            out[y0:y1, x0:x1] = _against_ground(part, floor, dark=_is_dark(part, cell.fill))
    return out


def _is_dark(part: Picture, fill: tuple[int, int, int]) -> bool:
    """Bright letters on a dark fill: what differs most from it is brighter."""
    below, above = np.percentile(part[::2, ::2], (0.5, 99.5), axis=(0, 1)).mean(axis=1)
    own = sum(fill) / 3
    return bool(own < DARK_FILL and above - own > own - below)


def _against_ground(picture: Picture, floor: int, *, dark: bool) -> Grey:
    """Ink: darker than what lies close around, or brighter where that is `dark`.

    In a shadow ink is as dark as elsewhere, only the paper is not as bright.
    """
    ground = _ground(picture, dark=dark)
    if dark:
        away = brightest(np.maximum(picture, ground) - ground).astype(np.float32)
    else:
        away = brightest(np.maximum(picture, ground) - picture).astype(np.float32)
        away *= STRONGER[brightest(ground)]
    part = away[::2, ::2]
    # Half of a piece is ground, so its median is noise: seven times that is no ink yet.
    strongest = max(float(np.percentile(part, 99.7)), floor, 7 * float(np.median(part)))
    return (255 - np.minimum(255, away * (255.0 / strongest))).astype(np.uint8)


def _ground(picture: Picture, *, dark: bool) -> Picture:
    """What lies under the letters: the brightest (or darkest) close by, smoothed."""
    height, width = picture.shape[:2]
    small = np.asarray(Image.fromarray(picture).resize((max(4, width // 3), max(4, height // 3))))
    first, then = (np.minimum, np.maximum) if dark else (np.maximum, np.minimum)
    # Closed: strokes go, steps of light stay where they are.
    closed = Image.fromarray(spread(spread(small, STROKE, first), STROKE, then))
    ground = closed.filter(ImageFilter.GaussianBlur(3))
    return np.asarray(ground.resize((width, height), Image.Resampling.BILINEAR))


def _frame_of(picture: Picture) -> Picture:
    """The pixels along the rim of the page: what lies under everything."""
    rim = max(2, min(picture.shape[:2]) // 60)
    sides = (picture[:rim], picture[-rim:], picture[:, :rim], picture[:, -rim:])
    return np.concatenate([side.reshape(-1, 3)[::7] for side in sides])


def _inked(part: Picture, fill: NDArray[np.float64], floor: int) -> Grey:
    away = brightest(apart(part, fill.astype(np.uint8)))
    strongest = max(float(np.percentile(away[::2, ::2].astype(np.int16), 99.7)), floor)
    return (255 - np.minimum(255, np.arange(256) * (255.0 / strongest))).astype(np.uint8)[away]


def _whole(box: Box, inset: int, page: Grey) -> tuple[int, int, int, int]:
    height, width = page.shape
    return (
        max(0, int(box.x0) + inset),
        max(0, int(box.y0) + inset),
        min(width, int(box.x1) - inset),
        min(height, int(box.y1) - inset),
    )
