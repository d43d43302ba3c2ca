"""Makes the rules of a page straight and level: skew, what is left of the perspective, and the
bow of a sheet that does not lie flat.

Every rule is one height in the table as it was printed. The smooth warp is sought under which each
rule keeps one height from end to end, and each upright one its place; it is accepted only where it
makes the rules straighter by far, and used only where they were not straight before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lambdas.documents.preprocessing.pictures import Picture
from lambdas.documents.preprocessing.rules import Rule, rules_of
from lambdas.documents.preprocessing.warp import mesh_of, remapped

FEWEST = 3
"""Rules of each direction that say how a page lies."""
CROOKED = 1.2
"""Pixels, by the usual rule: below this a page is straight enough."""
FARTHEST = 0.12
"""The farthest anything may be moved, as a part of the longer side."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Levelled:
    picture: Picture
    before: float
    """How far the usual rule strayed from one height, in pixels."""
    after: float
    rules: int
    moved: bool

    @property
    def straight(self) -> bool:
        """Enough rules say so."""
        return self.moved or (self.before < CROOKED and self.rules >= 2 * FEWEST)


def levelled(picture: Picture) -> Levelled:
    """The picture with its rules straight, or as it was where they are or cannot be made so."""
    level, upright = rules_of(picture)
    height, width = picture.shape[:2]
    unit = max(height, width) / 2
    before = max(_straying(level, _still), _straying(upright, _still))
    count = len(level) + len(upright)
    if before < CROOKED or len(level) < FEWEST:
        return Levelled(picture, before, before, count, moved=False)
    middle_x, middle_y = width / 2, height / 2
    down = _fitted(level, middle_x, middle_y, unit)
    across = _fitted(upright, middle_y, middle_x, unit) if len(upright) >= FEWEST else _still
    after = max(_straying(level, down), _straying(upright, across))
    if after > 0.6 * before:
        return Levelled(picture, before, after, count, moved=False)
    to_x, to_y = mesh_of(height, width)
    x, y = to_x.copy(), to_y.copy()
    # Where does what belongs here lie now? The warp is gentle, so looking again converges.
    for _ in range(8):
        x, y = to_x - across(y, x), to_y - down(x, y)
    if max(np.abs(x - to_x).max(), np.abs(y - to_y).max()) > FARTHEST * 2 * unit:
        return Levelled(picture, before, after, count, moved=False)
    return Levelled(remapped(picture, x, y), before, after, count, moved=True)


Shift = Callable[[Floats, Floats], Floats]
"""How far a place is moved across the rules: from how far along, and how high, it lies."""


def _still(along: Floats, height: Floats) -> Floats:
    return np.zeros_like(along)


def _straying(rules: list[Rule], shift: Shift) -> float:
    """Root mean square of each rule's distance from its own mean height; the usual rule's,
    longer ones counting more.
    """
    if not rules:
        return 0.0
    strays = np.array(
        [float((rule.height + shift(rule.along, rule.height)).std()) for rule in rules]
    )
    lengths = np.array([rule.length for rule in rules])
    order = np.argsort(strays)
    total = np.cumsum(lengths[order])
    return float(strays[order][np.searchsorted(total, total[-1] * 0.6)])


def _terms(along: Floats, height: Floats) -> Floats:
    """What a shift is made of: everything that changes along a rule, up to the third degree."""
    a, h = along, height
    return np.stack([a, a * h, a**2, a**2 * h, a**3, a * h**2], axis=-1)


def _fitted(rules: list[Rule], middle: float, centre: float, unit: float) -> Shift:
    """The smooth shift that gives every rule one height; rules that disagree lose their say."""
    rows: list[Floats] = []
    wanted: list[Floats] = []
    owner: list[NDArray[np.int64]] = []
    for number, rule in enumerate(rules):
        terms = _terms((rule.along - middle) / unit, (rule.height - centre) / unit)
        rows.append(terms - terms.mean(axis=0))
        wanted.append(-(rule.height - rule.height.mean()) / unit)
        owner.append(np.full(len(terms), number))
    matrix, values, who = np.concatenate(rows), np.concatenate(wanted), np.concatenate(owner)
    # Held back a little, the higher degrees more: where no rule is, nothing should move far.
    restraint = np.diag(np.sqrt(len(matrix)) * np.array([0.0005, 0.003, 0.003, 0.01, 0.01, 0.01]))
    weights = np.ones(len(matrix))
    numbers = np.zeros(matrix.shape[1])
    for _ in range(6):
        numbers, *_ = np.linalg.lstsq(
            np.concatenate([matrix * weights[:, None], restraint]),
            np.concatenate([values * weights, np.zeros(len(restraint))]),
            rcond=None,
        )
        off = np.abs(matrix @ numbers - values) * unit
        by_rule = np.bincount(who, weights=off) / np.bincount(who)
        weights = 1 / np.maximum(1.0, by_rule[who] / 1.5)

    def shift(along: Floats, height: Floats) -> Floats:
        terms = _terms((along - middle) / unit, (height - centre) / unit)
        return (terms @ numbers) * unit

    return shift
