from __future__ import annotations

import numpy as np
import pytest

from lambdas.documents.preprocessing.sheet import sheet_in
from lambdas.documents.preprocessing.warp import rectified
from tests.unit.lambdas.documents.preprocessing.table import (
    PAPER,
    grained,
    photographed,
    sheet,
)

ASKEW = [(140.0, 90.0), (1180.0, 150.0), (1120.0, 860.0), (90.0, 900.0)]


def test_the_four_corners_of_a_sheet_on_a_table_are_found() -> None:
    found = sheet_in(photographed(sheet(), ASKEW))
    assert found is not None
    assert np.abs(np.array(found.corners) - np.array(ASKEW)).max() < 8


def test_a_shadow_over_half_of_it_hides_no_edge() -> None:
    taken = photographed(sheet(), ASKEW).astype(float)
    taken[:, :600] *= 0.55
    found = sheet_in(taken.astype(np.uint8))
    assert found is not None
    assert np.abs(np.array(found.corners) - np.array(ASKEW)).max() < 8


@pytest.mark.parametrize("picture", [sheet(), grained(sheet()), grained(sheet(), 12)])
def test_a_picture_that_is_all_sheet_stays_whole(picture: np.ndarray) -> None:
    assert sheet_in(picture) is None, "the table printed on it is not the sheet"


def framed(fill: tuple[int, int, int]) -> np.ndarray:
    """A sheet with a tinted table on it, words above and below: its frame has four clear edges."""
    page = grained(sheet(1000, 700))
    page[120:560, 60:940] = np.minimum(page[120:560, 60:940], fill)
    return page


@pytest.mark.parametrize("fill", [(30, 90, 170), (250, 230, 160), (200, 200, 200)])
def test_a_tinted_table_on_a_sheet_is_no_sheet(fill: tuple[int, int, int]) -> None:
    assert sheet_in(framed(fill)) is None, "the title above it would be cut away"


def test_not_even_on_a_sheet_whose_lower_edge_is_not_in_the_picture() -> None:
    beyond = [(140.0, 90.0), (1180.0, 150.0), (1180.0, 1300.0), (90.0, 1250.0)]
    assert sheet_in(photographed(framed((200, 215, 235)), beyond)) is None


def test_a_sheet_of_which_an_edge_is_out_of_the_picture_is_not_cut() -> None:
    beyond = [(140.0, 90.0), (1500.0, 90.0), (1500.0, 860.0), (90.0, 900.0)]
    assert sheet_in(photographed(sheet(), beyond)) is None


def test_what_was_cut_out_is_all_paper_in_the_shape_it_had() -> None:
    flat = rectified(photographed(sheet(), ASKEW), tuple(ASKEW))
    height, width = flat.shape[:2]
    assert 1.2 < width / height < 1.6, "1.43 was drawn"
    margins = (flat[8:30, 8:-8], flat[-30:-8, 8:-8], flat[8:-8, 8:30], flat[8:-8, -30:-8])
    paper = np.concatenate([margin.reshape(-1, 3) for margin in margins]).astype(int)
    assert (np.abs(paper - np.array(PAPER)) < 25).all(), "no wood shows along the edges"


@pytest.mark.parametrize("seed", range(3))
def test_noise_alone_is_no_sheet(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (700, 900, 3), dtype=np.uint8)
    assert sheet_in(noise) is None
