"""Which words must have been read surely, and which something else on the page holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lambdas.documents.reading.classify import classify
from lambdas.documents.reading.interpret import Interpretation, interpret
from lambdas.documents.reading.page import Box, Cell, Page, Reading, Word
from lambdas.documents.reading.read import read
from tests.unit.lambdas.documents.reading.drawing import DAYS, TIMES, grid_pdf, week

LESSONS = [["Tutor"] * 5, ["Maths", "Art", "Maths", "PE\nHall", "Art"], *[["Break"] * 5] * 3]
LETTERS = ["M", "T", "W", "T", "F"]
NAMED = [f"P{number}\n{time}" for number, time in enumerate(TIMES, 1)]


def drawn(*, times: Sequence[str] = TIMES, days: Sequence[str] = DAYS) -> Page:
    data = grid_pdf(week(LESSONS, times=times, days=days))
    return read(data, classify(data)).pages[0]


def understood(page: Page, unsure: str) -> Interpretation:
    """With the words of that text hard to read."""

    def less(words: tuple[Word, ...]) -> tuple[Word, ...]:
        return tuple(replace(word, sure=30.0 if word.text == unsure else 100.0) for word in words)

    cells = tuple(replace(cell, words=less(cell.words)) for cell in page.cells)
    page = replace(page, cells=cells, words=less(page.words))
    return interpret(Reading(kind="photo", route="ocr", pages=(page,)))


@pytest.mark.parametrize("lesson", ["Maths", "Art", "PE"])
def test_a_title_must_be_read_surely(lesson: str) -> None:
    found = understood(drawn(), lesson)
    assert {doubt.rule for doubt in found.doubts} == {"reading-unsure"}
    assert {doubt.text for doubt in found.doubts} <= {lesson, "PE Hall"}


def test_a_note_need_not() -> None:
    assert understood(drawn(), "Hall").doubts == []


@pytest.mark.parametrize("day", DAYS)
def test_a_day_is_held_by_its_place_in_the_week(day: str) -> None:
    assert understood(drawn(), day).doubts == []


def test_days_as_letters_are_too_where_they_can_only_be_the_week() -> None:
    assert understood(drawn(days=LETTERS), "W").doubts == []


def test_a_day_of_a_week_with_a_gap_is_not() -> None:
    page = drawn(days=["Monday", "Tuesday", "Wednesday", "Friday", "Saturday"])
    rules = {doubt.rule for doubt in understood(page, "Friday").doubts}
    assert rules == {"reading-unsure", "days-incomplete"}


def test_a_time_must_be_read_surely_and_what_its_row_is_called_need_not() -> None:
    page = drawn(times=NAMED)
    assert understood(page, "P3").doubts == []
    assert {doubt.rule for doubt in understood(page, "10:20").doubts} == {"reading-unsure"}


def test_a_rule_lost_between_two_days_makes_them_no_heading_of_something_else() -> None:
    page = drawn()
    tuesday, wednesday = (
        next(cell for cell in page.cells if [w.text for w in cell.words] == [name])
        for name in ("Tuesday", "Wednesday")
    )
    both = Cell(
        box=Box(tuesday.box.x0, tuesday.box.y0, wednesday.box.x1, wednesday.box.y1),
        fill=tuesday.fill,
        words=tuesday.words + wednesday.words,
        ink=True,
    )
    kept = tuple(cell for cell in page.cells if cell not in (tuesday, wednesday))
    found = understood(replace(page, cells=(*kept, both)), "")
    assert found.doubts == []
    assert found.timetable is not None
    assert len(found.timetable.blocks) == 25
