"""The rules of a table and the rims of its fills, followed along their way however they bend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lambdas.documents.preprocessing.pictures import Mask, Picture

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
    dark = darker_than_around(picture.min(axis=2))
    level = followed(dark) + followed(_rims(picture, axis=0))
    upright = followed(dark.T) + followed(_rims(picture, axis=1).T)
    return level, upright


def darker_than_around(grey: NDArray[np.uint8]) -> Mask:
    around = np.asarray(Image.fromarray(grey).filter(ImageFilter.BoxBlur(12)), dtype=np.int16)
    return grey.astype(np.int16) < around - DARKER


def _rims(picture: Picture, *, axis: int) -> Mask:
    """Where a fill ends: the crest of a step of colour."""
    smooth = np.asarray(Image.fromarray(picture).filter(ImageFilter.BoxBlur(2)), dtype=np.int16)
    if axis == 1:
        smooth = smooth.transpose(1, 0, 2)
    step = np.zeros(smooth.shape[:2], dtype=np.int16)
    step[3:-3] = np.abs(smooth[6:] - smooth[:-6]).max(axis=2)
    crest = step >= np.maximum(np.roll(step, 1, axis=0), np.roll(step, -1, axis=0))
    mask = (step > STEP) & crest
    return mask.T if axis == 1 else mask


def followed(dark: Mask) -> list[Rule]:
    """The level rules of a mask, from strip to strip."""
    height, width = dark.shape
    strips = width // STRIP
    if strips < SHORTEST or height < 3:
        return []
    parts = dark[:, : strips * STRIP].reshape(height, strips, STRIP)
    share = parts.mean(axis=2)
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
    out = [
        float(np.average(np.arange(a, b + 1), weights=share[a : b + 1] + 1e-3))
        for a, b in zip(starts, np.minimum(ends, len(share) - 1), strict=True)
        if b - a <= 12
    ]
    return np.array(out)


def _extended(
    tracks: list[list[tuple[int, float]]],
    middles: Places,
    number: int,
    done: list[list[tuple[int, float]]],
) -> list[list[tuple[int, float]]]:
    """Each track takes the place nearest to where it points; the rest begin new ones."""
    free = set(range(len(middles)))
    still: list[list[tuple[int, float]]] = []
    for track in sorted(tracks, key=len, reverse=True):
        last, y = track[-1]
        gap = number - last
        expected = y + _slope(track) * gap
        nearest = int(np.abs(middles - expected).argmin()) if len(middles) else -1
        if nearest in free and abs(middles[nearest] - expected) <= 1.6 + 0.4 * gap:
            free.remove(nearest)
            track.append((number, float(middles[nearest])))
            still.append(track)
        elif gap <= 3:
            still.append(track)
        elif len(track) >= SHORTEST:
            done.append(track)
    still += [[(number, float(middles[index]))] for index in free]
    return still


def _slope(track: list[tuple[int, float]]) -> float:
    """Rows per strip, over the last places."""
    if len(track) < 3:
        return 0.0
    (first, y0), (last, y1) = track[-min(len(track), 8)], track[-1]
    return max(-STEEPEST * STRIP, min(STEEPEST * STRIP, (y1 - y0) / (last - first)))
