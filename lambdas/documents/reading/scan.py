"""Scanned pages: the light evened out, the page turned straight, and its rules found in spite of
noise.

What a scan has lost is not guessed: pale fills without a rule around them are not found, and the
words in them are
then words outside all cells, which is a doubt.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lambdas.documents.reading.cells import MIN_SIDE_SHARE, Found, Picture, long_runs, stretched
from lambdas.documents.reading.labels import regions_of
from lambdas.documents.reading.page import Box

CLEAN = 0.6
"""The part of neighbouring pixels that are equal: 0.95 in a drawn picture, 0.2 in a scan."""
STEEPEST = 6.0
"""Degrees a sheet may lie turned on the glass."""

RIM_STEP = 14
"""How much a fill differs from the paper in a scan; noise is blurred below it."""

Mask = NDArray[np.bool_]


def is_clean(picture: Picture) -> bool:
    part = picture[::3]
    return bool((part[:, 1:] == part[:, :-1]).all(axis=2).mean() > CLEAN)


def straightened(picture: Picture) -> Picture:
    """Evenly lit, a little smoothed, and with its lines level."""
    image = Image.fromarray(_evened(picture)).filter(ImageFilter.GaussianBlur(0.7))
    angle = _tilt(image)
    if abs(angle) > 0.05:
        image = image.rotate(
            angle, resample=Image.Resampling.BICUBIC, expand=False, fillcolor=(255, 255, 255)
        )
    return np.asarray(image)


def _evened(picture: Picture) -> Picture:
    """Divided by the light of the paper around each place: shadows go, fills of cells stay."""
    height, width = picture.shape[:2]
    small = Image.fromarray(picture).resize((max(8, width // 24), max(8, height // 24)))
    paper = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(6))
    light = np.asarray(paper.resize((width, height), Image.Resampling.BILINEAR), dtype=np.float32)
    return np.clip(picture * (250.0 / np.maximum(light, 60.0)), 0, 255).astype(np.uint8)


def _tilt(image: Image.Image) -> float:
    """The angle that makes rows of the page most unlike each other: lines and words lie level."""
    grey = image.convert("L")
    grey.thumbnail((900, 900))
    dark = Image.fromarray(((np.asarray(grey) < 170) * 255).astype(np.uint8))

    def sharpness(angle: float) -> float:
        turned = np.asarray(
            dark.rotate(angle, resample=Image.Resampling.BILINEAR), dtype=np.float32
        )
        rows = turned.mean(axis=1)
        return float(np.square(np.diff(rows)).sum())

    best, step = 0.0, 1.0
    reach: Any = np.arange(-STEEPEST, STEEPEST + 0.1, step)
    while step > 0.04:
        best = max((float(a) for a in reach), key=sharpness)
        step /= 4
        reach = np.arange(best - 3 * step, best + 3.1 * step, step)
    return best


def cells_of_scan(picture: Picture) -> tuple[list[Found], list[Box]]:
    """As `cells_of`, from dark rules instead of exact edges."""
    grey = picture.min(axis=2)
    height, width = grey.shape
    unit = max(height, width)
    dark = _darker_than_around(grey)
    across = _lines(dark, unit // 40, axis=1) | _rims(picture, unit // 20, axis=0)
    down = _lines(dark, unit // 55, axis=0) | _rims(picture, unit // 45, axis=1)
    reach = max(6, unit // 150)
    barrier = stretched(across, reach, axis=1) | stretched(down, reach, axis=0)
    smallest = unit * MIN_SIDE_SHARE * 1.3
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
    return found, []


def _darker_than_around(grey: NDArray[np.uint8]) -> Mask:
    around = np.asarray(Image.fromarray(grey).filter(ImageFilter.BoxBlur(14)), dtype=np.int16)
    # On a dark fill the paper between letters would be "darker".
    return (grey.astype(np.int16) < around - 16) & (around > 130)


def _rims(picture: Picture, length: int, *, axis: int) -> Mask:
    """Where a fill ends: a step of colour, level or upright, that is long."""
    smooth = np.asarray(Image.fromarray(picture).filter(ImageFilter.BoxBlur(2)), dtype=np.int16)
    step = np.zeros(picture.shape[:2], dtype=np.int16)
    if axis == 0:
        step[3:-3] = np.abs(smooth[6:] - smooth[:-6]).max(axis=2)
        crest = step >= np.maximum(np.roll(step, 1, axis=0), np.roll(step, -1, axis=0))
    else:
        step[:, 3:-3] = np.abs(smooth[:, 6:] - smooth[:, :-6]).max(axis=2)
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
