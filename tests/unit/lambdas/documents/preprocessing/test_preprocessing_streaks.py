from __future__ import annotations

import numpy as np
import pytest

from lambdas.documents.preprocessing.streaks import without_streaks
from tests.unit.lambdas.documents.preprocessing.table import grained, sheet


@pytest.mark.parametrize("across", [False, True])
def test_a_streak_from_edge_to_edge_goes_and_the_letters_under_it_stay(across: bool) -> None:
    page = grained(sheet())
    struck = page.astype(np.int16)
    if across:
        struck[250:252] -= 30
    else:
        struck[:, 400:402] -= 30
    clean, found = without_streaks(np.clip(struck, 0, 255).astype(np.uint8))
    assert found == 1
    away = np.abs(clean.astype(np.int16) - page)
    assert away.mean() < 1
    assert np.percentile(away, 99.9) < 12


def test_the_rules_of_a_table_are_no_streaks() -> None:
    page = grained(sheet())
    clean, found = without_streaks(page)
    assert found == 0
    assert clean is page


def test_a_printed_line_from_edge_to_edge_is_too_dark_to_be_one() -> None:
    page = grained(sheet())
    page[:, 400:402] = 20
    assert without_streaks(page)[1] == 0


def test_a_narrow_strip_is_left_alone() -> None:
    strip = np.full((20, 30, 3), 200, dtype=np.uint8)
    assert without_streaks(strip)[0] is strip
