"""Which way up a page is: first from the lie of its lines of text, then by what can be read.

Nothing is turned on a guess: a page stays as it is unless, turned, clearly more of it can be read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lambdas.documents.preprocessing.labels import regions_of
from lambdas.documents.preprocessing.pictures import Grey, Mask, Picture, darkest
from lambdas.documents.preprocessing.rules import darker_than_around
from lambdas.documents.preprocessing.runs import long_runs

Legibility = Callable[[Image.Image], float]
"""How much of a picture of words can be read: letters in words that were read surely."""

TILE = 64
LONGEST_STROKE = 48
"""Longer dark runs are rules, no letters."""
SURE_OF_AXIS = 1.25
"""How much more the lines of one direction stand out than those of the other."""
CLEARLY = 1.6
"""How much more must be legible before a page is turned."""
ENOUGH = 24.0
"""Letters that must be legible before a page is turned."""
PIECES = 14

HOW = {
    0: None,
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """How a page has to be turned, counter-clockwise, and what spoke for it."""

    degrees: int
    legible: dict[int, float]


def lies_on_its_side(picture: Picture) -> bool:
    """Its lines of text clearly stand upright."""
    return lines_lie_level(picture) < 1 / SURE_OF_AXIS


def lines_lie_level(picture: Picture) -> float:
    """Above 1 where lines of text run level, below 1 where they stand upright; 1 says nothing."""
    ink = letters_of(picture)
    height, width = (side // TILE * TILE for side in ink.shape)
    if not height or not width:
        return 1.0
    tiles = ink[:height, :width].reshape(height // TILE, TILE, width // TILE, TILE)
    tiles = tiles.transpose(0, 2, 1, 3).reshape(-1, TILE, TILE)
    tiles = tiles[tiles.mean(axis=(1, 2)) > 0.02].astype(np.float32)
    if len(tiles) < 4:
        return 1.0
    return _stripes(tiles.mean(axis=2)) / max(_stripes(tiles.mean(axis=1)), 1e-6)


def _stripes(profile: NDArray[np.float32]) -> float:
    """How empty the emptier half of a profile is: between lines of text there is nothing."""
    ordered = np.sort(profile, axis=1)
    total = np.maximum(ordered.sum(axis=1), 1e-6)
    return float(((ordered[:, TILE // 2 :].sum(axis=1) / total) ** 4).mean())


def letters_of(picture: Picture) -> Mask:
    """What is dark and no rule."""
    dark = darker_than_around(darkest(picture))
    rules = long_runs(dark, LONGEST_STROKE + 1, axis=0) | long_runs(
        dark, LONGEST_STROKE + 1, axis=1
    )
    return dark & ~rules


def turn_for(
    picture: Picture, legibility: Legibility, *, ways: tuple[int, ...] | None = None
) -> Turn:
    """The quarter turn under which the page can be read, 0 where none is clearly better.

    `ways`: the turns to try; without them the lie of the lines says which are worth it.
    """
    if ways is None:
        lie = lines_lie_level(picture)
        ways = (0, 90, 180, 270)
        if lie > SURE_OF_AXIS:
            ways = (0, 180)
        elif lie < 1 / SURE_OF_AXIS:
            ways = (0, 90, 270)
    ink = letters_of(picture)
    grey = darkest(picture)
    level, upright = _pieces(grey, ink, turned=False), _pieces(grey, ink, turned=True)
    legible: dict[int, float] = {}
    for way in ways:
        pieces = upright if way in (90, 270) else level
        how = HOW[way]
        turned = [piece if how is None else piece.transpose(how) for piece in pieces]
        legible[way] = legibility(_sheet_of(turned)) if turned else 0.0
    best = max(legible, key=lambda way: legible[way])
    others = max(value for way, value in legible.items() if way != best)
    if legible[best] < ENOUGH or legible[best] < CLEARLY * others:
        best = 0
    return Turn(best, legible)


def _pieces(grey: Grey, ink: Mask, *, turned: bool) -> list[Image.Image]:
    """The longest words or lines of the page, cut out; `turned`: those that stand upright."""
    if turned:
        return [
            piece.transpose(Image.Transpose.TRANSPOSE)
            for piece in _pieces(grey.T, ink.T, turned=False)
        ]
    joined = ink.copy()
    for by in (1, 2, 4, 3):
        joined[:, by:] |= joined[:, :-by].copy()
    words = [
        region
        for region in regions_of(joined, min_area=150)
        if 10 <= region.y1 - region.y0 <= 70
        and 2.5 < (region.x1 - region.x0) / (region.y1 - region.y0) < 20
        and 0.12 < ink[region.y0 : region.y1, region.x0 : region.x1].mean() < 0.6
    ]
    words.sort(key=lambda region: region.x0 - region.x1)
    margin = 4
    return [
        Image.fromarray(
            np.ascontiguousarray(
                grey[
                    max(0, word.y0 - margin) : word.y1 + margin,
                    max(0, word.x0 - margin) : min(word.x1 + margin, word.x0 + 600),
                ]
            )
        )
        for word in words[:PIECES]
    ]


def _sheet_of(pieces: list[Image.Image]) -> Image.Image:
    """The pieces under each other on white."""
    gap = 16
    width = max(piece.width for piece in pieces) + 2 * gap
    height = sum(piece.height + gap for piece in pieces) + gap
    sheet = Image.new("L", (width, height), 255)
    top = gap
    for piece in pieces:
        sheet.paste(piece, (gap, top))
        top += piece.height + gap
    return sheet
