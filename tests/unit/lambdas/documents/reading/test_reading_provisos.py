"""Tables that do not hold as they stand: other weeks, changes beside them, more behind them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from lambdas.documents.reading.classify import classify
from lambdas.documents.reading.entries import Entry
from lambdas.documents.reading.interpret import interpret
from lambdas.documents.reading.page import Box, Page, Reading, Word
from lambdas.documents.reading.provisos import (
    Week,
    is_not_all,
    not_every_week,
    points_elsewhere,
    says_otherwise,
)
from lambdas.documents.reading.read import read
from tests.unit.lambdas.documents.reading.drawing import grid_pdf, week

LESSONS = [["Tutor"] * 5, ["Maths", "Art", "Maths", "PE", "Art"], *[["Break"] * 5] * 3]


def page_of(lessons: list[list[str]] = LESSONS) -> Page:
    data = grid_pdf(week(lessons))
    return read(data, classify(data)).pages[0]


def rules(page: Page) -> set[str]:
    found = interpret(Reading(kind="text-pdf", route="text", pages=(page,)))
    assert found.timetable is not None
    return {doubt.rule for doubt in found.doubts}


def with_line(page: Page, text: str) -> Page:
    """A line of that text below the table."""
    words = tuple(
        Word(word, Box(60 + 90 * at, 1100, 140 + 90 * at, 1118), size=18)
        for at, word in enumerate(text.split())
    )
    return replace(page, words=(*page.words, *words))


@pytest.mark.parametrize(
    "text",
    [
        "CHANGE from 14 September: Maths on Thursday moves to Friday last lesson.",
        "Maths moves to last lesson after half term",
        "Please note: on Tuesdays break is 30 minutes later.",
        "Times are 5 minutes later in winter.",
        "On Friday school closes at 12.00.",
        "Wednesday: Lunch 11:00.",
        "No PE on Thursday",
        "Tues Period 1 cancelled this term",
        "Only valid for Week A. See over for Week B.",
        "Fortnightly timetable",
        "P.T.O.",
    ],
)
def test_a_line_that_changes_the_week_is_asked_about(text: str) -> None:
    assert rules(page_of()) == set()
    assert rules(with_line(page_of(), text)) == {"unexplained-text"}


@pytest.mark.parametrize(
    "text",
    [
        "This timetable may change without notice.",
        "PE kit on Tuesday please.",
        "Homework is set on Wednesday.",
        "Library books are changed on Friday.",
        "School closes at 12.20 on Fridays.",
        "Clubs from 3.30pm, see the list. Boots on Thursday.",
        "Issue 2 - replaces earlier copies",
        "No nuts in snack boxes, please.",
        "Valid from 7 September 2026",
        "Week A",
    ],
)
def test_one_that_does_not_is_not(text: str) -> None:
    assert rules(with_line(page_of(), text)) == set()


@pytest.mark.parametrize(
    "cell",
    ["A: Art\nB: PE", "Art (odd weeks)", "1: Art\n2: PE", "PE alternate weeks", "PE Wk B"],
)
def test_a_lesson_of_some_weeks_is_asked_about(cell: str) -> None:
    assert not_every_week(cell.split("\n"))
    lessons = [list(row) for row in LESSONS]
    lessons[1][3] = cell
    assert "title-odd" in rules(page_of(lessons))


@pytest.mark.parametrize("cell", ["Art", "1: Art", "Art: clay", "A level Maths", "Week-end club"])
def test_one_of_every_week_is_not(cell: str) -> None:
    assert not not_every_week([cell])


@pytest.mark.parametrize("title", ["ditto", "-ditto-", "do.", "as above", "Same as Monday"])
def test_a_lesson_said_elsewhere_is_asked_about(title: str) -> None:
    assert points_elsewhere(title)
    lessons = [list(row) for row in LESSONS]
    lessons[1][3] = title
    assert "title-odd" in rules(page_of(lessons))


def test_names_that_begin_like_it_are_names() -> None:
    assert not any(points_elsewhere(title) for title in ("Dodgeball", "Domestic Science", "Seesaw"))


def test_what_names_no_day_and_no_lesson_changes_nothing() -> None:
    week = Week.of([Entry(4, 530, 855, "Maths")])
    assert not says_otherwise("Rooms may be swapped at short notice", week)
    assert not says_otherwise("Clubs run from 3.30pm. Boots on Friday.", week)
    assert not is_not_all("Week B timetable")
    assert is_not_all("Week A and week B")


def test_two_lessons_side_by_side_in_a_cell_are_asked_about() -> None:
    page = page_of()
    cells = list(page.cells)
    at = next(i for i, cell in enumerate(cells) if [w.text for w in cell.words] == ["PE"])
    only = cells[at].words[0]
    far = replace(
        only, box=Box(only.box.x1 + 40, only.box.y0, only.box.x1 + 80, only.box.y1), text="Art"
    )
    near = replace(
        only, box=Box(only.box.x1 + 6, only.box.y0, only.box.x1 + 46, only.box.y1), text="kit"
    )
    for word, asked in ((far, {"title-odd"}), (near, set())):
        cells[at] = replace(page.cells[at], words=(only, word))
        assert rules(replace(page, cells=tuple(cells))) == asked


def test_a_day_of_one_thing_is_no_lesson_of_every_week() -> None:
    cells = [c for c in week(LESSONS) if c[0] != 3 or c[1] == 0]
    data = grid_pdf([*cells, (3, 1, 1, 5, "Bank holiday")])
    assert "days-incomplete" in rules(read(data, classify(data)).pages[0])


def test_words_printed_through_others_are_no_word() -> None:
    """A white box hides the old lesson from the eye; the layer gives both, letter by letter."""
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=landscape(A4))
    canvas.setFont("Helvetica", 14)
    letters: list[tuple[float, str]] = []
    for left, text in ((93.0, "Sportsday"), (110.0, "Latin")):
        for at, letter in enumerate(text):
            letters.append((left + canvas.stringWidth(text[:at], "Helvetica", 14), letter))
    for x, letter in sorted(letters):
        canvas.drawString(x, 300, letter)
    canvas.drawString(93, 250, "AVATAR Type offices")
    canvas.save()
    data = held.getvalue()
    words = read(data, classify(data)).pages[0].words
    assert [word.text for word in words if word.seen] == ["AVATAR", "Type", "offices"]
    assert sum(len(word.text) for word in words if not word.seen) == len("SportsdayLatin")
