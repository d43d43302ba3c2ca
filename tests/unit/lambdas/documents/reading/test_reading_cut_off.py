"""Tables that go on beyond what is shown."""

from __future__ import annotations

import numpy as np
import pytest

from lambdas.documents.reading.cells import Picture, cells_of
from lambdas.documents.reading.cut_off import LEFT, LOWER, RIGHT, UPPER, cut_sides

WIDE, HIGH, COLUMNS, ROWS = 150, 60, 6, 7
LEFT_AT, TOP_AT = 80, 90


def table(*, rule: int = 2, ink: int = 40) -> Picture:
    """A ruled table with room around."""
    picture = np.full((TOP_AT + ROWS * HIGH + 120, LEFT_AT + COLUMNS * WIDE + 90, 3), 255, np.uint8)
    right, bottom = LEFT_AT + COLUMNS * WIDE + rule, TOP_AT + ROWS * HIGH + rule
    for column in range(COLUMNS + 1):
        x = LEFT_AT + column * WIDE
        picture[TOP_AT:bottom, x : x + rule] = ink
    for row in range(ROWS + 1):
        y = TOP_AT + row * HIGH
        picture[y : y + rule, LEFT_AT:right] = ink
    return picture


def sides(picture: Picture) -> tuple[str, ...]:
    found = cells_of(np.ascontiguousarray(picture), letters=False)[0]
    return cut_sides(picture, [cell.box for cell in found if cell.is_small(picture[:, :, 0])])


@pytest.mark.parametrize(("rule", "ink"), [(1, 0), (2, 40), (4, 120)])
def test_a_whole_table_is_not_cut(rule: int, ink: int) -> None:
    assert sides(table(rule=rule, ink=ink)) == ()


def test_nor_is_one_that_was_cropped_close_to_its_border() -> None:
    picture = table()
    assert sides(picture[TOP_AT - 3 : TOP_AT + ROWS * HIGH + 5]) == ()


def test_nor_is_one_with_a_line_of_text_or_a_box_below() -> None:
    picture = table()
    low = TOP_AT + ROWS * HIGH
    picture[low + 14 : low + 24, LEFT_AT : LEFT_AT + 300] = 60
    picture[low + 40 : low + 42, LEFT_AT : LEFT_AT + 400] = 0
    assert sides(picture) == ()


@pytest.mark.parametrize("left", [8, 12, 30, HIGH - 1])
def test_a_row_of_which_the_bottom_is_missing_says_so(left: int) -> None:
    """In the last row of the picture stands what is left of the table's last."""
    end = TOP_AT + (ROWS - 1) * HIGH + left
    picture = table()[:end]
    assert sides(picture) == (LOWER,)
    on_paper = np.pad(picture, ((0, 100), (40, 40), (0, 0)), constant_values=255)
    assert sides(on_paper) in ((LOWER,), ())
    if left < 40:  # of more than that it may be a row without its rule
        assert sides(on_paper) == (LOWER,)


def test_each_side_is_looked_at() -> None:
    picture = table()
    inner_x, inner_y = LEFT_AT + 30, TOP_AT + 20
    assert sides(picture[inner_y:]) == (UPPER,)
    assert sides(picture[:, inner_x:]) == (LEFT,)
    assert sides(picture[:, : LEFT_AT + 5 * WIDE + 60]) == (RIGHT,)


def test_tiles_on_paper_are_no_rules_that_run_on() -> None:
    picture = np.full((700, 1000, 3), 255, np.uint8)
    for column in range(5):
        for row in range(6):
            y, x = 80 + 80 * row, 60 + 160 * column
            picture[y : y + 72, x : x + 150] = (220, 235, 250)
    assert sides(picture) == ()
