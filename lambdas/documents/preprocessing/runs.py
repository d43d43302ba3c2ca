"""Runs of a mask: how far along a row or a column it is True without a break."""

from __future__ import annotations

import numpy as np

from lambdas.documents.preprocessing.pictures import Mask, doubling


def long_runs(mask: Mask, length: int, *, axis: int) -> Mask:
    """Keeps the runs of True that are at least `length` pixels long; `axis` 1 is level.

    They are worn away by their length and grown again: what was shorter has nothing left to grow
    from.
    """
    if mask.shape[axis] < length:
        return np.zeros_like(mask)
    for step in doubling(length):
        mask = _part(mask, axis, None, -step) & _part(mask, axis, step, None)
    for step in doubling(length):
        shape = list(mask.shape)
        shape[axis] += step
        grown = np.zeros(shape, dtype=bool)
        _part(grown, axis, None, -step)[:] = mask
        _part(grown, axis, step, None)[:] |= mask
        mask = grown
    return mask


def _part(mask: Mask, axis: int, first: int | None, last: int | None) -> Mask:
    return mask[first:last] if axis == 0 else mask[:, first:last]
