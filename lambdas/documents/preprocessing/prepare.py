"""A picture on its way to be read: what is done to it, in which order, and what is not.

    bound -> sheet -> even light -> quarter turn -> skew -> rules straight -> noise

Each step measures first and leaves a page alone that does not need it; what it did it says, for
the document's route. A drawn picture (a screenshot, a PDF's rendering) is not touched at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from lambdas.documents.preprocessing.level import levelled
from lambdas.documents.preprocessing.light import evened
from lambdas.documents.preprocessing.noise import (
    despeckled,
    is_one_bit,
    noise_of,
    smoothed,
)
from lambdas.documents.preprocessing.pictures import Picture, bounded
from lambdas.documents.preprocessing.sheet import sheet_in
from lambdas.documents.preprocessing.skew import LEAST, skew_of, turned
from lambdas.documents.preprocessing.upright import (
    HOW,
    SURE_OF_AXIS,
    Legibility,
    lines_lie_level,
    turn_for,
)
from lambdas.documents.preprocessing.warp import rectified

CLEAN = 0.6
"""The part of neighbouring pixels that are equal: 0.95 in a drawn picture, 0.2 in a scan."""
RIM = 0.005
"""Of a cut-out sheet's longer side: this close to its edge nothing is printed, and the table may
show.
"""
UNEVEN = 0.12
"""Paper darker than its brightest by this part is worth a word."""


@dataclass(frozen=True, slots=True)
class Prepared:
    picture: Picture
    drawn: bool
    """A drawn picture: its edges are exact, and nothing was done to it."""
    steps: tuple[str, ...]
    """What was done, in words, in order."""


def is_drawn(picture: Picture) -> bool:
    """Made by a program, not by a sensor: most neighbours are equal, and there are greys."""
    part = picture[::3]
    return bool((part[:, 1:] == part[:, :-1]).all(axis=2).mean() > CLEAN)


def prepared(picture: Picture, legibility: Legibility) -> Prepared:
    """The picture as it is best read. `legibility` says how much can be read of a piece."""
    if is_one_bit(picture):
        return _fax(picture, legibility)
    if is_drawn(picture):
        return Prepared(picture, drawn=True, steps=())
    steps: list[str] = []
    picture = bounded(picture)
    sheet = sheet_in(picture)
    if sheet is not None:
        picture = rectified(picture, sheet.corners)
        steps.append(f"sheet cut out ({sheet.share:.0%} of the picture)")
    picture, uneven = evened(picture)
    if uneven > UNEVEN:
        steps.append(f"light evened ({uneven:.0%} darker in places)")
    if sheet is not None:
        picture = _trimmed(picture)
    picture = _straight(picture, legibility, steps)
    noise = noise_of(picture)
    picture = smoothed(picture)
    if noise > 1:
        steps.append(f"noise smoothed ({noise:.1f})")
    return Prepared(picture, drawn=False, steps=tuple(steps))


def _fax(picture: Picture, legibility: Legibility) -> Prepared:
    steps = ["one bit: made grey"]
    picture, specks = despeckled(picture)
    if specks:
        steps.append(f"specks removed ({specks} pixels)")
    # Not enlarged: that took twice the time, and not one more of the faxes could be read.
    picture = _straight(bounded(picture), legibility, steps)
    return Prepared(picture, drawn=False, steps=tuple(steps))


def _straight(picture: Picture, legibility: Legibility, steps: list[str]) -> Picture:
    if lines_lie_level(picture) < 1 / SURE_OF_AXIS:
        picture = _upright(picture, legibility, steps)
    level = levelled(picture)
    if level.moved:
        steps.append(f"rules made straight ({level.before:.1f} to {level.after:.1f} pixels off)")
        return level.picture
    if level.straight:
        return picture
    angle = skew_of(picture)
    if abs(angle) > LEAST:
        picture = turned(picture, angle)
        steps.append(f"turned by {angle:.1f} degrees")
    return picture


def on_its_feet(prepared: Prepared, legibility: Legibility) -> Prepared | None:
    """The page turned so that it can be read, None where no turn is clearly better.

    For a page of which little could be read: asked afterwards, so that a good page costs nothing.
    """
    steps = list(prepared.steps)
    picture = _upright(prepared.picture, legibility, steps)
    if picture is prepared.picture:
        return None
    return Prepared(picture, drawn=prepared.drawn, steps=tuple(steps))


def _upright(picture: Picture, legibility: Legibility, steps: list[str]) -> Picture:
    turn = turn_for(picture, legibility)
    how = HOW[turn.degrees]
    if how is None:
        return picture
    steps.append(f"turned by {turn.degrees} degrees")
    return np.asarray(Image.fromarray(picture).transpose(how))


def _trimmed(picture: Picture) -> Picture:
    """White where the table may show beside the sheet."""
    rim = max(3, round(max(picture.shape[:2]) * RIM))
    out = np.full_like(picture, 250)
    out[rim:-rim, rim:-rim] = picture[rim:-rim, rim:-rim]
    return out
