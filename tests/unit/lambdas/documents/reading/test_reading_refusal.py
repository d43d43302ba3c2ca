"""A picture is refused only for what was read on it, never for what could not be read."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lambdas.documents.reading.interpret import Interpretation, interpret
from lambdas.documents.reading.page import Box, Cell, Page, Reading, Word
from tests.unit.lambdas.documents.reading.drawing import png_of
from tests.unit.lambdas.documents.reading.test_reading_grids import understood

LETTER = (
    "Dear parents the autumn fair will be held inside the large hall and every class has a stall "
    "Please send cakes bottles books and games with your child Tickets cost two pounds each and "
    "money raised goes towards new playground equipment Many thanks for your generous support"
)
PROSE = LETTER.split()
SURE, UNSURE = 90.0, 35.0


def words_of(texts: list[str], sure: float) -> tuple[Word, ...]:
    """Eight to a line."""
    return tuple(
        Word(text, Box(x, y, x + 80, y + 20), size=20, sure=sure)
        for i, text in enumerate(texts)
        for x, y in [(100.0 + 100 * (i % 8), 100.0 + 40 * (i // 8))]
    )


def cells_of(words: tuple[Word, ...]) -> tuple[Cell, ...]:
    return tuple(Cell(box=w.box, fill=(255, 255, 255), words=(w,), ink=True) for w in words)


def seen(
    words: tuple[Word, ...] = (), cells: tuple[Cell, ...] = (), kind: str = "photo", **more: object
) -> Interpretation:
    page = Page(width=1200, height=1600, cells=cells, words=words)
    return interpret(Reading(kind=kind, route="ocr", pages=(page,), **more))


def test_a_letter_that_was_read_is_refused() -> None:
    found = seen(words_of(PROSE, SURE))
    assert not found.is_timetable
    assert [d.why for d in found.doubts] == [
        "No days with lessons and times were found: this does not look like a timetable."
    ]


def test_a_letter_that_names_a_day_and_a_time_is_refused_as_well() -> None:
    assert not seen(words_of([*PROSE, "Monday", "8:30"], SURE)).is_timetable


@pytest.mark.parametrize("kind", ["photo", "picture", "scan_pdf"])
def test_a_page_half_of_which_was_read_goes_to_a_person(kind: str) -> None:
    half = len(PROSE) // 2
    words = (*words_of(PROSE[:half], SURE), *words_of(PROSE[half:], UNSURE))
    assert seen(words, kind=kind).is_timetable


def test_a_few_words_say_nothing_however_sure() -> None:
    assert seen(words_of(PROSE[:12], SURE)).is_timetable


def test_two_days_on_a_picture_are_enough_for_a_person_to_look() -> None:
    assert seen(words_of([*PROSE, "Monday", "Tuesday"], SURE)).is_timetable


def test_days_are_counted_with_the_colon_of_a_heading() -> None:
    assert seen(words_of([*PROSE, "Monday:", "Tuesday:"], SURE)).is_timetable


def test_many_times_are_no_letter_whatever_the_days_are_called() -> None:
    assert seen(words_of([*PROSE, *(f"{h}:15" for h in range(8, 20))], SURE)).is_timetable


def test_a_grid_with_a_time_in_it_goes_to_a_person() -> None:
    words = words_of([*PROSE, "9:15"], SURE)
    assert seen(cells=cells_of(words)).is_timetable


def test_a_grid_that_was_read_and_holds_neither_day_nor_time_is_refused() -> None:
    assert not seen(cells=cells_of(words_of(PROSE, SURE))).is_timetable


def test_cells_with_ink_that_nobody_could_read_are_no_blank_page() -> None:
    empty = tuple(Cell(box=w.box, fill=(0, 0, 0), ink=True) for w in words_of(PROSE, SURE))
    assert seen(cells=empty, kind="picture").is_timetable


def test_a_blank_page_is_refused() -> None:
    found = understood(png_of(Image.new("RGB", (600, 800), "white")))
    assert not found.is_timetable
    assert [d.why for d in found.doubts] == ["Nothing could be read in the document."]


@pytest.mark.parametrize("what", ["pattern", "dark"])
def test_a_picture_too_dark_or_busy_to_read_goes_to_a_person(what: str) -> None:
    rows, columns = np.mgrid[:400, :400]
    field = ((rows // 2 + columns // 2) % 2) * 255
    if what == "dark":
        field = np.where((rows % 40 < 30) & (columns % 40 < 38), 0, 255)
    found = understood(png_of(Image.fromarray(field.astype(np.uint8))))
    assert found.is_timetable
    assert found.confidence == 0


def test_a_strip_too_narrow_to_be_read_goes_to_a_person() -> None:
    found = understood(png_of(Image.effect_noise((9000, 201), 90)))
    assert found.is_timetable
    assert found.confidence == 0
