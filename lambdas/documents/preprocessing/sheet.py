"""Where the sheet lies in a photograph: its four corners, or nothing.

A sheet is what four straight edges enclose, each seen along nearly all its length as a step of
brightness or colour. Letters and rules are closed over first, so that a table printed on the sheet
is not taken for it. Without four such edges nothing is cut off: a picture that is all sheet stays
whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lambdas.documents.preprocessing.pictures import Floats, Picture, brightest, spread

LOOKED_AT = 400
"""The longer side, in pixels, at which edges are looked for."""
STEEPEST = 0.36
"""The steepest an edge may lie, as rise over run: twenty degrees."""
STEP = 7.0
"""The least difference of brightness or colour, of 255, between sheet and table."""
HIGH = 60.0
"""A step higher than this is no better an edge."""
SEEN = 0.82
"""The part of each edge along which the step must be seen."""
DARKER = 14.0
"""How much the table is darker than the paper, of 255."""
BESIDE, WITHIN = (4, 9), (3, 40)
"""From where to where, in pixels, the table and the paper are looked at."""
TRIED = 40
"""The best choices of four edges that are looked at for what lies around them."""
SMALLEST = 0.25
"""The least part of the picture that is a sheet."""
NARROWEST = 24
"""Of the picture as it is looked at: a strip narrower than this holds no sheet with a rim."""
CANDIDATES = 8
THIN = 3
"""Pixels of the small picture: dark things up to twice as wide are closed over."""

Lines = NDArray[np.float64]
"""Rows of (offset, slope): y = offset + slope * x, or x from y."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Corners in the picture's pixels, clockwise from the upper left."""

    corners: tuple[tuple[float, float], ...]
    seen: float
    """The part of the worst edge that was seen."""
    share: float
    """The part of the picture that it covers."""


def sheet_in(picture: Picture) -> Sheet | None:
    """The sheet, where it is not the whole picture."""
    small, scale = _closed(picture)
    if min(small.shape[:2]) < NARROWEST:
        return None
    level, upright = (_clear(steps) for steps in _steps(small))
    tops, bottoms = _lines(level)
    lefts, rights = _lines(upright.T)
    # All choices of four edges at once: some thousands, of which few have the size of a sheet.
    edges = (tops, rights, bottoms, lefts)
    if not all(len(lines) for lines in edges):
        return None
    choices = np.meshgrid(*(np.arange(len(lines)) for lines in edges))
    sides = tuple(lines[choice.ravel()] for lines, choice in zip(edges, choices, strict=True))
    corners = _corners(*sides)
    share = _areas(corners) / level.size
    large = (share >= SMALLEST) & _inside(corners, level.shape)
    corners, share, sides = corners[large], share[large], tuple(side[large] for side in sides)
    if not len(corners):
        return None
    wide_level, wide_upright = _thick(level, axis=0), _thick(upright, axis=1)
    along = [
        _support(wide_level if i % 2 == 0 else wide_upright, corners[:, i], corners[:, i - 3])
        for i in range(4)
    ]
    seen = np.min([one for one, _ in along], axis=0)
    height = np.min([one for _, one in along], axis=0)
    # A larger sheet is preferred, what is printed on it may have edges of its own; and higher
    # steps, a table has a grain.
    score = np.where(seen >= SEEN, share * seen * np.sqrt(np.minimum(height, HIGH)), 0.0)
    order = np.argsort(-score)[:TRIED]
    best = next((int(i) for i in order if score[i] > 0 and _lies_on(small, corners[i])), None)
    if best is None:
        return None
    fitted = _fitted(level, upright, corners[best], tuple(side[best] for side in sides))
    # The middle of a pixel of the small picture, in pixels of the large one.
    whole = (fitted + 0.5) * scale
    return Sheet(
        tuple((float(x), float(y)) for x, y in whole), float(seen[best]), float(share[best])
    )


def _closed(picture: Picture) -> tuple[Floats, float]:
    """Small, and without the thin dark things on it."""
    height, width = picture.shape[:2]
    scale = max(1.0, max(height, width) / LOOKED_AT)
    image = Image.fromarray(picture).resize(
        (round(width / scale), round(height / scale)), Image.Resampling.BOX
    )
    image = image.filter(ImageFilter.MedianFilter(3))
    small = spread(spread(np.asarray(image), THIN, np.maximum), THIN, np.minimum)
    return small.astype(np.float32), scale


def _steps(small: Floats) -> tuple[Floats, Floats]:
    """How much the two sides of each place differ, above against below and left against right.

    Relative to the light there, so that an edge in a shadow counts as much as one beside it.
    """
    light = np.maximum(brightest(small), 40.0)
    best_lit = float(np.percentile(light, 95))
    gain = np.minimum(best_lit / light, 2.5)
    reach = 3
    level = np.zeros(small.shape[:2], dtype=np.float32)
    upright = np.zeros(small.shape[:2], dtype=np.float32)
    sums = np.cumsum(np.pad(small, ((1, 0), (0, 0), (0, 0))), axis=0)
    above = (sums[reach:-reach] - sums[: -2 * reach]) / reach
    below = (sums[2 * reach :] - sums[reach:-reach]) / reach
    level[reach - 1 : reach - 1 + len(above)] = brightest(np.abs(above - below))
    sums = np.cumsum(np.pad(small, ((0, 0), (1, 0), (0, 0))), axis=1)
    before = (sums[:, reach:-reach] - sums[:, : -2 * reach]) / reach
    after = (sums[:, 2 * reach :] - sums[:, reach:-reach]) / reach
    upright[:, reach - 1 : reach - 1 + before.shape[1]] = brightest(np.abs(before - after))
    return level * gain, upright * gain


def _clear(steps: Floats) -> Floats:
    """Only what is higher than most of the picture is: in a pattern nothing is."""
    return np.where(steps > 2 * np.percentile(steps, 60), steps, 0).astype(np.float32)


def _lines(steps: Floats) -> tuple[Lines, Lines]:
    """The best level lines of the upper and of the lower part."""
    height, width = steps.shape
    crest = np.minimum(steps, 4 * STEP) * (steps > STEP)
    slopes = np.linspace(-STEEPEST, STEEPEST, 49)
    columns = np.arange(0, width, 2)
    totals = np.zeros((len(slopes), height), dtype=np.float32)
    for index, slope in enumerate(slopes):
        # The offset is the line's height in the middle, so that all slopes share a range.
        rows = np.round(slope * (columns - width / 2)).astype(int)
        for row in np.unique(rows[np.abs(rows) < height]):
            part = crest[:, columns[rows == row]].sum(axis=1)
            if row >= 0:
                totals[index, : height - row] += part[row:]
            else:
                totals[index, -row:] += part[:row]
    return _peaks(totals, slopes, 0, height * 0.45, width), _peaks(
        totals, slopes, height * 0.55, height, width
    )


def _peaks(
    totals: Floats, slopes: NDArray[np.float64], low: float, high: float, width: int
) -> Lines:
    totals = totals.copy()
    totals[:, : int(low)] = 0
    totals[:, int(high) :] = 0
    found: list[tuple[float, float]] = []
    for _ in range(CANDIDATES):
        index, middle = (int(i) for i in np.unravel_index(int(totals.argmax()), totals.shape))
        if totals[index, middle] < STEP * width * 0.15:
            break
        slope = float(slopes[index])
        found.append((middle - slope * width / 2, slope))
        totals[max(0, index - 2) : index + 3, max(0, middle - 3) : middle + 4] = 0
    return np.array(found).reshape(-1, 2)


def _corners(top: Lines, right: Lines, bottom: Lines, left: Lines) -> Lines:
    """Clockwise from the upper left, for as many choices as there are rows."""
    return np.stack(
        [_cross(top, left), _cross(top, right), _cross(bottom, right), _cross(bottom, left)], axis=1
    )


def _cross(level: Lines, upright: Lines) -> Lines:
    """Where y = a + b x and x = c + d y meet."""
    a, b = level.T
    c, d = upright.T
    x = (c + d * a) / (1 - b * d)
    return np.stack([x, a + b * x], axis=1)


def _areas(corners: Lines) -> Lines:
    x, y = corners[..., 0], corners[..., 1]
    twice = x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)
    return np.abs(twice.sum(axis=1)) / 2


def _inside(corners: Lines, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """A corner may lie a little outside the picture."""
    slack = 0.02 * max(shape)
    x, y = corners[..., 0], corners[..., 1]
    within = (x > -slack) & (y > -slack) & (x < shape[1] + slack) & (y < shape[0] + slack)
    return np.asarray(within.all(axis=1))


def _thick(steps: Floats, *, axis: int) -> Floats:
    """The strongest step within two pixels across the edge: paper is never quite straight."""
    out = steps.copy()
    for off in (-2, -1, 1, 2):
        out = np.maximum(out, np.roll(steps, off, axis=axis))
    return out


def _support(steps: Floats, one: Lines, other: Lines) -> tuple[Lines, Lines]:
    """The part of the way from one corner to the other that runs along a step, for each choice;
    and how high that step usually is.
    """
    at = np.linspace(0.02, 0.98, 80)
    x = one[:, :1] + (other[:, :1] - one[:, :1]) * at
    y = one[:, 1:] + (other[:, 1:] - one[:, 1:]) * at
    columns = np.clip(np.round(x).astype(int), 0, steps.shape[1] - 1)
    rows = np.clip(np.round(y).astype(int), 0, steps.shape[0] - 1)
    found = steps[rows, columns]
    return (found > STEP).mean(axis=1), np.median(found, axis=1).astype(float)


def _lies_on(small: Floats, corners: Lines) -> bool:
    """Beside each edge lies something darker than the sheet's paper there. Beside a table that is
    printed on a sheet lies the same paper, with words on it that must not be cut away.
    """
    light = small.mean(axis=2)
    centre = corners.mean(axis=0)
    for index in range(4):
        one, other = corners[index], corners[index - 3]
        way = (other - one) / max(float(np.hypot(*(other - one))), 1.0)
        out = np.array([way[1], -way[0]])
        if np.dot(out, centre - one) > 0:
            out = -out
        beside = _strip(light, one, other, out, BESIDE)
        within = _strip(light, one, other, -out, WITHIN)
        # The paper is brighter than what is printed on it.
        if len(beside) < 60 or np.percentile(beside, 60) > np.percentile(within, 80) - DARKER:
            return False
    return True


def _strip(light: Floats, one: Lines, other: Lines, out: Lines, reach: tuple[int, int]) -> Floats:
    """What lies beside the way from one corner to the other, as far as it is in the picture."""
    along = np.linspace(0.04, 0.96, 60)[:, None, None]
    off = np.arange(*reach)[None, :, None]
    places = np.round(one + (other - one) * along + out * off).astype(int).reshape(-1, 2)
    x, y = places.T
    held = (x >= 0) & (y >= 0) & (x < light.shape[1]) & (y < light.shape[0])
    return light[y[held], x[held]]


def _fitted(level: Floats, upright: Floats, corners: Lines, sides: tuple[Lines, ...]) -> Lines:
    """The corners again, from edges laid through where their steps are strongest."""
    better: list[Lines] = []
    for index, (side, steps) in enumerate(
        zip(sides, (level, upright.T, level, upright.T), strict=True)
    ):
        along = 0 if index % 2 == 0 else 1
        ends = sorted((corners[index][along], corners[index - 3][along]))
        better.append(_fit(steps, side, ends[0], ends[1]))
    return _corners(*(line[None] for line in better))[0]


def _fit(steps: Floats, line: Lines, low: float, high: float) -> Lines:
    """A line through the crest beside `line`, twice, the second time without what lies apart."""
    height, width = steps.shape
    first, last = max(0, int(low + 3)), min(width, int(high - 3))
    if last - first < 20:
        return line
    columns = np.arange(first, last)
    near = np.arange(-4, 5)
    rows = np.round(line[0] + line[1] * columns).astype(int)[:, None] + near
    strength = steps[np.clip(rows, 0, height - 1), columns[:, None]]
    found = rows[np.arange(len(rows)), strength.argmax(axis=1)].astype(float)
    kept = strength.max(axis=1) > STEP
    offset, slope = line
    for _ in range(3):
        if kept.sum() < 20:
            return line
        slope, offset = np.polyfit(columns[kept], found[kept], 1)
        away = np.abs(found - offset - slope * columns)
        kept &= away <= max(1.0, 2 * float(np.median(away[kept])))
    return np.array([offset, slope])
