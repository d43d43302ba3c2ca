"""Streaks of a scanner and creases of a folded sheet: pale lines from one edge of the page to the
other, where no table has its rules.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lambdas.documents.preprocessing.pictures import Mask, Picture

BANDS = 16
"""A streak shows in nearly each of so many parts of the page, in the first and the last too: a
table has margins.
"""
RIM = 70
"""The first and the last band are this part of the page: nothing is printed there."""
MISSING = 2
"""Bands in which it may not show: behind a title, a rule, a dark fill."""
REACH = 6
"""Pixels to either side, where the paper is as it should be."""
FAINT = 3.0
"""Values of 255 by which a streak is darker than the paper beside it, at least."""
DARKEST = 90.0
"""Darker lines are printed."""


def without_streaks(picture: Picture) -> tuple[Picture, int]:
    """The picture with its streaks as bright as the paper beside them, and how many there were.

    What stands under a streak stays: as much is added as the streak took away, no more.
    """
    out, level = _without_upright(picture)
    turned, upright = _without_upright(out.transpose(1, 0, 2))
    return (turned.transpose(1, 0, 2), level + upright) if upright else (out, level)


def _without_upright(picture: Picture) -> tuple[Picture, int]:
    height, width = picture.shape[:2]
    if height < 4 * BANDS or width < 8 * REACH:
        return picture, 0
    darker = _darker(picture)
    shows = darker > FAINT
    streak: Mask = shows[0] & shows[-1] & (shows.sum(axis=0) >= BANDS - MISSING)
    usual = np.median(darker, axis=0)
    streak &= usual < DARKEST
    if not streak.any():
        return picture, 0
    wide = streak.copy()
    for by in (1, 2):
        wide[by:] |= streak[:-by]
        wide[:-by] |= streak[by:]
    lighter = np.where(wide, np.maximum(usual, 0), 0)
    whole = np.clip(picture + lighter[None, :, None], 0, 255).astype(np.uint8)
    return whole, int((np.diff(np.pad(wide, 1).astype(np.int8)) == 1).sum())


def _darker(picture: Picture) -> NDArray[np.float64]:
    """Band by band, how much darker each column is than those beside it, by its usual row."""
    grey = picture[::2, :, 1].astype(np.int16)
    padded = np.pad(grey, ((0, 0), (REACH, REACH)), mode="edge")
    beside = np.minimum(padded[:, : -2 * REACH], padded[:, 2 * REACH :])
    darker = beside - grey
    rim = max(4, len(darker) // RIM)
    inner = np.array_split(darker[rim:-rim], BANDS - 2)
    bands = [darker[:rim], *inner, darker[-rim:]]
    return np.array([np.median(band, axis=0) for band in bands], dtype=float)
