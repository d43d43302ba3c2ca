"""The rules of a table and the rims of its fills, followed along their way however they bend."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lambdas.documents.preprocessing.pictures import Mask, Picture, apart, brightest, darkest

STRIP = 12
"""Pixels of a rule that are looked at together; in one strip it is taken for level."""
FULL = 0.7
"""The part of a strip's width that is dark where a rule passes."""
SHORTEST = 9
"""Strips in a row; a word's upper edge is shorter than these hundred pixels."""
STEEPEST = 0.2
"""Rise over run at which a rule is still followed."""
DARKER = 14
STEP = 12
THICKEST = 12
"""Rows of a strip; what is thicker is no rule."""
MOST_PEAKS = 160
"""Of a strip that has more, nothing is followed: a pattern, no page."""

Places = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rule:
    """Places along one rule: how far along, and how high there."""

    along: Places
    height: Places

    @property
    def length(self) -> float:
        return float(self.along[-1] - self.along[0])


def rules_of(picture: Picture) -> tuple[list[Rule], list[Rule]]:
    """Rules that lie level, and those that stand upright (seen from the side: x and y change
    places).
    """
    dark = darker_than_around(darkest(picture))
    smooth = np.asarray(Image.fromarray(picture).filter(ImageFilter.BoxBlur(2)))
    level = followed(dark) + followed(_rims(smooth))
    upright = followed(dark.T) + followed(_rims(smooth.transpose(1, 0, 2)))
    return level, upright


def darker_than_around(grey: NDArray[np.uint8]) -> Mask:
    around = np.asarray(Image.fromarray(grey).filter(ImageFilter.BoxBlur(12)))
    return grey < np.maximum(around, DARKER) - DARKER


def _rims(smooth: Picture) -> Mask:
    """Where a fill ends, above or below: the crest of a step of colour."""
    step = np.zeros(smooth.shape[:2], dtype=np.uint8)
    step[3:-3] = brightest(apart(smooth[6:], smooth[:-6]))
    crest = step >= np.maximum(np.roll(step, 1, axis=0), np.roll(step, -1, axis=0))
    return (step > STEP) & crest


def followed(dark: Mask) -> list[Rule]:
    """The level rules of a mask, from strip to strip."""
    height, width = dark.shape
    strips = width // STRIP
    if strips < SHORTEST or height < 3:
        return []
    parts = dark[:, : strips * STRIP].reshape(height, strips, STRIP)
    # Column by column: along an axis of twelve a mean takes ten times as long.
    share = np.sum([parts[:, :, at] for at in range(STRIP)], axis=0) / STRIP
    # A rule that rises crosses from one row of pixels to the next within a strip.
    pair = share.copy()
    pair[:-1] = np.minimum(1.0, share[:-1] + share[1:])
    tracks: list[list[tuple[int, float]]] = []
    open_tracks: list[list[tuple[int, float]]] = []
    for number in range(strips):
        middles = _peaks(pair[:, number], share[:, number])
        if len(middles) > MOST_PEAKS:
            middles = middles[:0]
        open_tracks = _extended(open_tracks, middles, number, tracks)
    tracks += open_tracks
    return [
        Rule(
            np.array([(number + 0.5) * STRIP for number, _ in track]),
            np.array([y for _, y in track]),
        )
        for track in tracks
        if len(track) >= SHORTEST
    ]


def _peaks(pair: NDArray[np.float64], share: NDArray[np.float64]) -> Places:
    """The heights at which a rule passes this strip; thick ones by their middle."""
    on = np.concatenate(([False], pair >= FULL, [False]))
    change = np.flatnonzero(np.diff(on.astype(np.int8)))
    starts, ends = change[::2], change[1::2]
    ends = np.minimum(ends, len(share) - 1)
    thin = ends - starts <= THICKEST
    if not thin.any():
        return np.zeros(0)
    # The row after the last one counts too: what crosses two rows is seen at the upper.
    bounds = np.stack([starts[thin], ends[thin] + 1], axis=1).ravel()
    weights = np.append(share + 1e-3, 0.0)
    heights = weights * np.arange(len(weights))
    return np.add.reduceat(heights, bounds)[::2] / np.add.reduceat(weights, bounds)[::2]


def _extended(
    tracks: list[list[tuple[int, float]]],
    middles: Places,
    number: int,
    done: list[list[tuple[int, float]]],
) -> list[list[tuple[int, float]]]:
    """Each track takes the place nearest to where it points; the rest begin new ones."""
    free = set(range(len(middles)))
    heights: list[float] = middles.tolist()
    still: list[list[tuple[int, float]]] = []
    for track in sorted(tracks, key=len, reverse=True):
        last, y = track[-1]
        gap = number - last
        expected = y + _slope(track) * gap
        nearest = _nearest(heights, expected)
        if nearest in free and abs(heights[nearest] - expected) <= 1.6 + 0.4 * gap:
            free.remove(nearest)
            track.append((number, heights[nearest]))
            still.append(track)
        elif gap <= 3:
            still.append(track)
        elif len(track) >= SHORTEST:
            done.append(track)
    still += [[(number, heights[index])] for index in free]
    return still


def _nearest(heights: list[float], wanted: float) -> int:
    """Which of the rising heights lies nearest; -1 where there are none."""
    after = bisect_left(heights, wanted)
    if after == len(heights):
        return after - 1
    if after == 0 or heights[after] - wanted < wanted - heights[after - 1]:
        return after
    return after - 1


def _slope(track: list[tuple[int, float]]) -> float:
    """Rows per strip, over the last places."""
    if len(track) < 3:
        return 0.0
    (first, y0), (last, y1) = track[-min(len(track), 8)], track[-1]
    return max(-STEEPEST * STRIP, min(STEEPEST * STRIP, (y1 - y0) / (last - first)))
