"""A picture on its way to be read: what is done to it, in which order, and what is not.

    bound -> sheet -> even light -> streaks -> quarter turn -> skew -> rules straight -> noise

Each step measures first and leaves a page alone that does not need it; what it did it says, for
the document's route. A drawn picture (a screenshot, a PDF's rendering) is not touched at all.
Nothing is read here: whether a page turned by a quarter stands on its head, the reader finds out.
"""

from __future__ import annotations

import numpy as np

from lambdas.documents.preprocessing.level import levelled
from lambdas.documents.preprocessing.light import evened
from lambdas.documents.preprocessing.noise import (
    despeckled,
    is_one_bit,
    noise_of,
    smoothed,
)
from lambdas.documents.preprocessing.pictures import Picture, bounded, in_any
from lambdas.documents.preprocessing.prepared import Prepared
from lambdas.documents.preprocessing.sheet import sheet_in
from lambdas.documents.preprocessing.skew import LEAST, skew_of, turned
from lambdas.documents.preprocessing.streaks import without_streaks
from lambdas.documents.preprocessing.upright import lies_on_its_side
from lambdas.documents.preprocessing.warp import rectified

CLEAN = 0.6
"""The part of neighbouring pixels that are equal: 0.95 in a drawn picture, 0.2 in a scan."""
RIM = 0.005
"""Of a cut-out sheet's longer side: this close to its edge nothing is printed, and the table may
show.
"""
UNEVEN = 0.12
"""Paper darker than its brightest by this part is worth a word."""


def is_drawn(picture: Picture) -> bool:
    """Made by a program, not by a sensor: most neighbours are equal, and there are greys."""
    part = picture[::3]
    return bool((~in_any(part[:, 1:] != part[:, :-1])).mean() > CLEAN)


def prepared(picture: Picture) -> Prepared:
    """The picture as it is best read."""
    if is_one_bit(picture):
        return _fax(picture)
    if is_drawn(picture):
        return Prepared(picture, drawn=True)
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
    picture, streaks = without_streaks(picture)
    if streaks:
        steps.append(f"streaks removed ({streaks})")
    picture, on_its_side = _straight(picture, steps)
    noise = noise_of(picture)
    picture = smoothed(picture)
    if noise > 1:
        steps.append(f"noise smoothed ({noise:.1f})")
    return Prepared(picture, drawn=False, steps=tuple(steps), on_its_side=on_its_side)


def _fax(picture: Picture) -> Prepared:
    steps = ["one bit: made grey"]
    picture, specks = despeckled(picture)
    if specks:
        steps.append(f"specks removed ({specks} pixels)")
    # Not enlarged: that took twice the time, and not one more of the faxes could be read.
    picture, on_its_side = _straight(bounded(picture), steps)
    return Prepared(picture, drawn=False, steps=tuple(steps), on_its_side=on_its_side)


def _straight(picture: Picture, steps: list[str]) -> tuple[Picture, bool]:
    """Lines and rules level and straight, and whether the page was turned by a quarter first."""
    on_its_side = lies_on_its_side(picture)
    if on_its_side:
        picture = np.ascontiguousarray(np.rot90(picture))
        steps.append("turned by 90 degrees")
    level = levelled(picture)
    if level.moved:
        steps.append(f"rules made straight ({level.before:.1f} to {level.after:.1f} pixels off)")
        return level.picture, on_its_side
    if not level.straight and abs(angle := skew_of(picture)) > LEAST:
        picture = turned(picture, angle)
        steps.append(f"turned by {angle:.1f} degrees")
    return picture, on_its_side


def _trimmed(picture: Picture) -> Picture:
    """White where the table may show beside the sheet."""
    rim = max(3, round(max(picture.shape[:2]) * RIM))
    out = np.full_like(picture, 250)
    out[rim:-rim, rim:-rim] = picture[rim:-rim, rim:-rim]
    return out
