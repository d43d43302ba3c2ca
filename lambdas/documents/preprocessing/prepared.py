"""A page as preprocessing leaves it, and the one question that only reading can answer: which way
up does it lie?
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from lambdas.documents.preprocessing.pictures import Picture
from lambdas.documents.preprocessing.upright import HOW, Legibility, turn_for


@dataclass(frozen=True, slots=True)
class Prepared:
    """One page, ready to be read."""

    picture: Picture
    drawn: bool
    """A drawn picture: its edges are exact, and nothing was done to it."""
    steps: tuple[str, ...] = ()
    """What was done, in words, in order."""
    on_its_side: bool = False
    """Its lines stood upright, and it was turned by a quarter: perhaps onto its head."""
    turn: int = 0
    """Degrees, counter-clockwise, by which it was turned after it was kept, so as to be read."""


def on_its_feet(
    prepared: Prepared, legibility: Legibility, *, ways: tuple[int, ...] | None = None
) -> Prepared | None:
    """The page turned so that it can be read, None where no turn is clearly better.

    `legibility` says how much can be read of a piece; `ways`: the turns to try, in degrees, where
    the lie of the lines shall not decide which.
    """
    turn = turn_for(prepared.picture, legibility, ways=ways)
    how = HOW[turn.degrees]
    if how is None:
        return None
    picture = np.asarray(Image.fromarray(prepared.picture).transpose(how))
    said = (*prepared.steps, f"turned by {turn.degrees} degrees")
    return replace(prepared, picture=picture, steps=said, turn=turn.degrees)
