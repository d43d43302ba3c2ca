"""A page without its grid: every cell's fill made white, its ink black, and nothing of the rules
left.

Tesseract reads a ruled page badly and a flat one well; pieces for a second look are cut from the
flat one too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lambdas.documents.reading.cells import Found, Picture
from lambdas.documents.reading.page import Box

Grey = NDArray[np.uint8]

RIM = 3
"""Pixels around a cell that belong to its border."""


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


def _frame_of(picture: Picture) -> Picture:
    """The pixels along the rim of the page: what lies under everything."""
    rim = max(2, min(picture.shape[:2]) // 60)
    sides = (picture[:rim], picture[-rim:], picture[:, :rim], picture[:, -rim:])
    return np.concatenate([side.reshape(-1, 3)[::7] for side in sides])


def _inked(part: Picture, fill: NDArray[np.float64], floor: int) -> Grey:
    away = np.abs(part.astype(np.int16) - fill.astype(np.int16)).max(axis=2)
    strongest = max(float(np.percentile(away[::2, ::2], 99.7)), floor)
    return (255 - np.minimum(255, away * (255.0 / strongest))).astype(np.uint8)


def _whole(box: Box, inset: int, page: Grey) -> tuple[int, int, int, int]:
    height, width = page.shape
    return (
        max(0, int(box.x0) + inset),
        max(0, int(box.y0) + inset),
        min(width, int(box.x1) - inset),
        min(height, int(box.y1) - inset),
    )
