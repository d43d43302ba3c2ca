"""The angle of a page without rules: rows of words level make rows of the page most unlike each
other.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from lambdas.documents.preprocessing.pictures import Picture

STEEPEST = 6.0
"""Degrees a sheet may lie turned on the glass."""
LEAST = 0.05


def skew_of(picture: Picture) -> float:
    """Degrees by which the picture has to be turned, counter-clockwise."""
    grey = Image.fromarray(picture).convert("L")
    grey.thumbnail((900, 900))
    ink = np.asarray(grey) < 170
    if not ink.any():
        return 0.0
    dark = Image.fromarray((ink * 255).astype(np.uint8))

    def sharpness(angle: float) -> float:
        turned = np.asarray(
            dark.rotate(angle, resample=Image.Resampling.BILINEAR), dtype=np.float32
        )
        rows = turned.mean(axis=1)
        return float(np.square(np.diff(rows)).sum())

    best, step = 0.0, 1.0
    reach = np.arange(-STEEPEST, STEEPEST + 0.1, step)
    while step > 0.04:
        best = max((float(a) for a in reach), key=sharpness)
        step /= 4
        reach = np.arange(best - 3 * step, best + 3.1 * step, step)
    return best


def turned(picture: Picture, degrees: float) -> Picture:
    """What comes in at the corners is white."""
    image = Image.fromarray(picture)
    return np.asarray(
        image.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    )
