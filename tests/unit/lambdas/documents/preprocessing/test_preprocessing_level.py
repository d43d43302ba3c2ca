from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lambdas.documents.preprocessing.level import CROOKED, levelled
from lambdas.documents.preprocessing.light import evened
from lambdas.documents.preprocessing.rules import rules_of
from lambdas.documents.preprocessing.skew import skew_of
from tests.unit.lambdas.documents.preprocessing.table import bowed, sheet


def turned(degrees: float) -> np.ndarray:
    image = Image.fromarray(sheet()).rotate(
        degrees, Image.Resampling.BICUBIC, fillcolor=(245, 244, 238)
    )
    return np.asarray(image)


def test_every_rule_of_a_table_is_followed_from_end_to_end() -> None:
    level, upright = rules_of(sheet())
    assert sum(rule.length > 800 for rule in level) >= 7
    assert sum(rule.length > 450 for rule in upright) >= 6


def test_a_level_page_is_left_as_it_is() -> None:
    picture = sheet()
    found = levelled(picture)
    assert found.picture is picture
    assert not found.moved
    assert found.straight


@pytest.mark.parametrize("pixels", [-14, 9])
def test_a_bowed_sheet_lies_flat_afterwards(pixels: int) -> None:
    found = levelled(bowed(sheet(), pixels))
    assert found.before > CROOKED
    assert found.moved
    assert found.after < 0.6
    assert levelled(found.picture).before < CROOKED, "looked at again, it is straight"


@pytest.mark.parametrize("degrees", [-3.0, 2.0])
def test_a_skewed_page_is_level_afterwards(degrees: float) -> None:
    found = levelled(turned(degrees))
    assert found.moved
    assert levelled(found.picture).before < CROOKED


def test_a_page_without_rules_is_left_to_its_lines_of_text() -> None:
    blank = np.full((600, 800, 3), 240, dtype=np.uint8)
    found = levelled(blank)
    assert not found.moved
    assert not found.straight


@pytest.mark.parametrize("degrees", [-3.0, 0.0, 2.0])
def test_skew_is_what_turns_the_page_back(degrees: float) -> None:
    assert skew_of(turned(degrees)) == pytest.approx(-degrees, abs=0.15)


def test_even_light_takes_a_shadow_away_and_says_how_dark_it_was() -> None:
    shaded = sheet() * np.linspace(0.6, 1.0, 1000)[None, :, None]
    out, uneven = evened(shaded.astype(np.uint8))
    assert 0.3 < uneven < 0.45
    assert out[20:60, 20:-20].min() > 215, "it was 140"
    assert out[:, :200].min() < 80, "ink stays ink"


def test_paper_in_even_light_is_not_called_uneven() -> None:
    assert evened(sheet())[1] < 0.03
