from __future__ import annotations

import pytest

from lambdas.documents.reading.classify import classify
from lambdas.documents.reading.interpret import Interpretation, interpret
from lambdas.documents.reading.page import Reading
from lambdas.documents.reading.read import read
from tests.unit.lambdas.documents.reading.drawing import DAYS, TIMES, grid_pdf, pdf_of, week

LESSONS = [
    ["Registration"] * 5,
    ["Maths", "English", "Maths", "Science\nLab 2", "Art"],
    ["Break"] * 5,
    ["History", "PE\nHall", "Music", "French", "Drama"],
    ["Science", "Maths", "Geography", "RE", "Computing"],
]


def understood(data: bytes) -> Interpretation:
    reading = read(data, classify(data))
    return interpret(Reading.from_json(reading.to_json()))


def changed(row: int, day: int, text: str) -> list[list[str]]:
    lessons = [list(line) for line in LESSONS]
    lessons[row][day] = text
    return lessons


def test_a_plain_grid_is_complete_and_right() -> None:
    found = understood(grid_pdf(week(LESSONS)))
    assert found.doubts == []
    assert found.confidence == 100
    assert found.timetable is not None
    assert len(found.timetable.blocks) == 25
    science = next(b for b in found.timetable.blocks if b.day == "thursday" and b.start == "09:00")
    assert (science.end, science.title, science.notes) == ("10:00", "Science", "Lab 2")


def test_a_cell_over_days_and_one_over_periods_are_read_as_such() -> None:
    cells = [c for c in week(LESSONS) if not (c[1] == 1 and c[0] > 0)]
    cells = [c for c in cells if not (c[0] == 1 and c[1] in (4, 5))]
    cells += [(1, 1, 5, 1, "Assembly"), (1, 4, 1, 2, "Forest School")]
    found = understood(grid_pdf(cells))
    assert found.confidence == 100, found.doubts
    assert found.timetable is not None
    assert [b.day for b in found.timetable.blocks if b.title == "Assembly"] == [
        "monday", "tuesday", "wednesday", "thursday", "friday",
    ]  # fmt: skip
    double = next(b for b in found.timetable.blocks if b.title == "Forest School")
    assert (double.start, double.end) == ("10:20", "12:20")


def test_an_empty_cell_is_asked_about_by_its_name() -> None:
    found = understood(grid_pdf(week(changed(3, 1, ""))))
    assert found.confidence < 98
    assert any("Tuesday 10:20" in doubt.why for doubt in found.doubts)


def test_swapped_digits_break_the_chain() -> None:
    times = [*TIMES[:2], "10:00 - 10:02", *TIMES[3:]]
    assert understood(grid_pdf(week(LESSONS, times=times))).confidence < 98


def test_a_day_that_is_not_named_is_missed() -> None:
    found = understood(grid_pdf(week(LESSONS, days=["Monday", "", *DAYS[2:]])))
    assert found.confidence < 98
    assert any("Tuesday" in doubt.why for doubt in found.doubts)


def test_a_word_that_is_covered_on_the_page_is_no_evidence() -> None:
    found = understood(grid_pdf(week(LESSONS), cover=[(2, 2)]))
    assert found.confidence < 98
    assert any("covered" in doubt.why for doubt in found.doubts)


def test_a_row_without_its_time_is_a_doubt() -> None:
    times = [*TIMES[:3], "", TIMES[4]]
    assert understood(grid_pdf(week(LESSONS, times=times))).confidence < 98


def test_days_down_the_side_are_read_as_well() -> None:
    cells = [
        (row, column, rows, columns, text) for column, row, columns, rows, text in week(LESSONS)
    ]
    cells = [(c, r, w, h, text.replace("Lab 2", "Lab 2")) for c, r, w, h, text in cells]
    found = understood(grid_pdf(cells))
    assert found.confidence == 100, found.doubts
    assert found.timetable is not None
    assert len(found.timetable.blocks) == 25


def test_a_letter_is_no_timetable() -> None:
    lines = [
        "Dear parents,", "on Monday 5 October the school opens at 8.30am and closes at 3.15pm.",
        "Please collect your child from the hall. Lunch is served as usual.", "Yours, the head",
    ]  # fmt: skip
    found = understood(pdf_of([[(72, 700 - 20 * i, 11, line) for i, line in enumerate(lines)]]))
    assert not found.is_timetable
    assert found.timetable is None


def test_opening_hours_are_no_timetable() -> None:
    lines = [f"{day}   9.00am - 5.00pm" for day in DAYS]
    found = understood(pdf_of([[(72, 700 - 20 * i, 11, line) for i, line in enumerate(lines)]]))
    assert found.confidence < 98


@pytest.mark.parametrize("days_down", [False, True])
def test_a_doubt_says_on_which_page_day_and_time_it_is(days_down: bool) -> None:
    cells = week(changed(3, 1, ""))
    if days_down:
        cells = [(row, column, rows, columns, text) for column, row, columns, rows, text in cells]
    (doubt,) = understood(grid_pdf(cells)).doubts
    assert (doubt.rule, doubt.page, doubt.day, doubt.start) == ("hole", 1, "tuesday", "10:20")
    assert doubt.box is not None
    left, top, right, bottom = doubt.box
    assert 0 < left < right < 1
    assert 0 < top < bottom < 1


def test_a_doubt_about_words_says_which_and_where() -> None:
    doubts = understood(grid_pdf(week(LESSONS), cover=[(2, 2)])).doubts
    (doubt,) = [each for each in doubts if each.rule == "covered-word"]
    assert (doubt.day, doubt.start, doubt.text) == ("tuesday", "09:00", "English")
