"""What is asked of all pixels is asked quickly, and the answers are those of the slow way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from lambdas.documents.preprocessing.pictures import (
    apart,
    brightest,
    darkest,
    doubling,
    in_any,
    spread,
)
from lambdas.documents.preprocessing.runs import long_runs

NOISE = np.random.default_rng(1).integers(0, 256, (40, 30, 3), dtype=np.uint8)


def kept_one_by_one(mask: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """The level runs of at least that length, counted pixel by pixel."""
    out = np.zeros_like(mask)
    for row, line in enumerate(mask):
        first = 0
        for place in range(len(line) + 1):
            if place == len(line) or not line[place]:
                out[row, first:place] = place - first >= length
                first = place + 1
    return out


def test_planes_say_what_the_axis_of_colours_would() -> None:
    assert (darkest(NOISE) == NOISE.min(axis=2)).all()
    assert (brightest(NOISE) == NOISE.max(axis=2)).all()
    assert (in_any(NOISE > 200) == (NOISE > 200).any(axis=2)).all()


def test_bytes_differ_by_as_much_as_whole_numbers() -> None:
    numbers = NOISE.astype(int)
    assert (apart(NOISE[1:], NOISE[:-1]) == np.abs(np.diff(numbers, axis=0))).all()


@pytest.mark.parametrize("reach", [1, 3, 4, 7])
def test_colours_are_spread_as_pillow_would(reach: int) -> None:
    for how, rank in ((np.maximum, ImageFilter.MaxFilter), (np.minimum, ImageFilter.MinFilter)):
        there = np.asarray(Image.fromarray(NOISE).filter(rank(2 * reach + 1)))
        assert (spread(NOISE, reach, how) == there).all()


@given(st.integers(1, 5000))
def test_doubled_steps_make_up_the_length_and_leave_no_gap(length: int) -> None:
    seen = 1
    for step in doubling(length):
        assert step <= seen
        seen += step
    assert seen == length


@given(
    st.integers(1, 12),
    st.integers(1, 40),
    st.integers(1, 45),
    st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)
def test_long_runs_are_those_that_counting_finds(
    height: int, width: int, length: int, share: float, seed: int
) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < share
    assert (long_runs(mask, length, axis=1) == kept_one_by_one(mask, length)).all()
    assert (long_runs(mask.T, length, axis=0) == kept_one_by_one(mask, length).T).all()
