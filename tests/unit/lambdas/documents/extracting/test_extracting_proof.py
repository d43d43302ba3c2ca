from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.documents.extracting.answer import Answer
from lambdas.documents.extracting.proof import accepted, provable, shown_by
from lambdas.documents.extracting.slots import CannotTellError, blocks_of
from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.timetable import DAYS, Block, InvalidTimetableError, Timetable
from lambdas.documents.reading.classify import classify
from lambdas.documents.reading.interpret import interpret
from lambdas.documents.reading.page import Box, Cell, Page, Reading, Word
from lambdas.documents.reading.read import read
from tests.unit.lambdas.documents.reading.drawing import TIMES, grid_pdf, week

LESSONS = [
    ["Registration"] * 5,
    ["Maths", "English", "Maths", "Science\nLab 2", "Art"],
    ["Break"] * 5,
    ["History", "PE\nHall", "Music", "French", "Drama"],
    ["Science", "Maths", "Geography", "RE", "Computing"],
]


@cache
def page(kind: str = "plain") -> Reading:
    """A plain grid, and one with a cell over all days and one over two periods."""
    cells = week(LESSONS)
    if kind == "merged":
        cells = [c for c in cells if not (c[1] == 1 and c[0] > 0)]
        cells = [c for c in cells if not (c[0] == 1 and c[1] in (4, 5))]
        cells += [(1, 1, 5, 1, "Assembly"), (1, 4, 1, 2, "Forest School")]
    elif kind == "turned":
        cells = [(row, column, 1, 1, text) for column, row, _, _, text in cells]
    data = grid_pdf(cells)
    return Reading.from_json(read(data, classify(data)).to_json())


PAGES = ("plain", "merged", "turned")


def right(kind: str = "plain") -> tuple[Block, ...]:
    return blocks_of(page(kind))


def verdict(blocks: tuple[Block, ...], kind: str = "plain") -> Timetable | tuple[Doubt, ...]:
    return accepted(Answer(blocks), page(kind))


@pytest.mark.parametrize("kind", PAGES)
def test_the_right_answer_is_accepted_in_any_order(kind: str) -> None:
    found = verdict(right(kind)[::-1], kind)
    assert isinstance(found, Timetable)
    assert set(found.blocks) == set(right(kind))


def test_the_places_say_the_day_the_time_and_what_is_title_or_note() -> None:
    blocks = right("merged")
    assert [b.day for b in blocks if b.title == "Assembly"] == list(DAYS[:5])
    double = next(b for b in blocks if b.title == "Forest School")
    assert (double.day, double.start, double.end) == ("monday", "10:20", "12:20")
    science = next(b for b in blocks if b.day == "thursday" and b.title == "Science")
    assert (science.start, science.notes) == ("09:00", "Lab 2")


WORDS = ("Maths", "English", "Science", "Art", "History", "Registration", "Break", "Chess", "Lab")
MUTATIONS = (
    *("swap titles", "swap times", "swap days", "swap notes", "shift", "day", "drop", "double"),
    *("rename", "case", "cut", "note", "split", "merge", "only one of five"),
)
CLOCKS = ("08:45", "09:00", "10:00", "10:20", "11:20", "12:20", "13:00", "09:05")


@st.composite
def one_mutation(draw: st.DrawFn) -> tuple[str, tuple[Block, ...]]:
    """A right answer with one thing wrong: swapped, shifted, dropped, doubled or renamed."""
    kind = draw(st.sampled_from(PAGES))
    blocks = list(right(kind))
    at = draw(st.integers(0, len(blocks) - 1))
    other = draw(st.integers(0, len(blocks) - 1))
    one, two = blocks[at], blocks[other]
    what = draw(st.sampled_from(MUTATIONS))
    match what:
        case "swap titles":
            blocks[at] = replace(one, title=two.title, notes=two.notes)
            blocks[other] = replace(two, title=one.title, notes=one.notes)
        case "swap times":
            blocks[at] = replace(one, start=two.start, end=two.end)
            blocks[other] = replace(two, start=one.start, end=one.end)
        case "swap days":
            blocks[at], blocks[other] = replace(one, day=two.day), replace(two, day=one.day)
        case "swap notes":
            blocks[at] = replace(one, notes=two.notes)
            blocks[other] = replace(two, notes=one.notes)
        case "shift":
            start, end = sorted(draw(st.lists(st.sampled_from(CLOCKS), min_size=2, max_size=2)))
            if start < end:
                blocks[at] = replace(one, start=start, end=end)
        case "day":
            blocks[at] = replace(one, day=draw(st.sampled_from(DAYS)))
        case "drop":
            del blocks[at]
        case "double":
            blocks.insert(other, replace(one, day=draw(st.sampled_from(DAYS))))
        case "rename":
            blocks[at] = replace(one, title=draw(st.sampled_from(WORDS)))
        case "case":
            blocks[at] = replace(one, title=one.title.swapcase())
        case "cut":
            blocks[at] = replace(one, title=one.title[: draw(st.integers(1, len(one.title)))])
        case "note":
            blocks[at] = replace(one, notes=draw(st.sampled_from(("", "Hall", "Lab", "Lab 3"))))
        case "split":
            half = f"{one.start[:3]}{int(one.start[3:]) + 5:02d}"
            blocks[at : at + 1] = [replace(one, end=half), replace(one, start=half)]
        case "merge":
            later = [b for b in blocks if b.day == one.day and b.start == one.end]
            if later:
                blocks.remove(later[0])
                blocks[blocks.index(one)] = replace(one, end=later[0].end)
        case _:
            blocks = [b for b in blocks if b.title != one.title or b == one]
    return kind, tuple(blocks)


@settings(max_examples=250, deadline=None)
@given(one_mutation())
def test_an_answer_with_one_thing_wrong_is_never_accepted(
    case: tuple[str, tuple[Block, ...]],
) -> None:
    kind, blocks = case
    same = sorted(map(repr, blocks)) == sorted(map(repr, right(kind)))
    assert isinstance(verdict(blocks, kind), Timetable) is same


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_real_words_in_other_places_are_never_accepted(data: st.DataObject) -> None:
    """Every title, day and time is on the page; only where they belong is not what it shows."""
    blocks = right()
    titles = data.draw(st.permutations([b.title for b in blocks]))
    moved = tuple(replace(b, title=t) for b, t in zip(blocks, titles, strict=True))
    if moved != blocks:
        assert not isinstance(verdict(moved), Timetable)


def test_what_is_refused_names_the_day_the_time_and_both_words() -> None:
    blocks = tuple(replace(b, title="Chess") if b.title == "Drama" else b for b in right())
    found = verdict(blocks)
    assert not isinstance(found, Timetable)
    assert tuple(doubt.why for doubt in found) == (
        "Friday 10:20-11:20: the model says 'Chess', which the page does not show there.",
        "Friday 10:20-11:20: the page shows 'Drama', which the model does not say there.",
    )


def test_typographic_quotes_and_dashes_are_the_same_letters() -> None:
    lessons = [list(row) for row in LESSONS]
    lessons[3][3] = "Children's hour"
    data = grid_pdf(week(lessons))
    reading = Reading.from_json(read(data, classify(data)).to_json())
    blocks = tuple(replace(b, title=b.title.replace("'", "’")) for b in blocks_of(reading))
    assert isinstance(accepted(Answer(blocks), reading), Timetable)


def words_changed(reading: Reading, old: str, **changes: object) -> Reading:
    def change(word: Word) -> Word:
        return replace(word, **changes) if word.text == old else word  # type: ignore[arg-type]

    def cell(held: Cell) -> Cell:
        return replace(held, words=tuple(map(change, held.words)))

    def one(held: Page) -> Page:
        return replace(
            held, cells=tuple(map(cell, held.cells)), words=tuple(map(change, held.words))
        )

    return replace(reading, pages=tuple(map(one, reading.pages)))


def test_a_page_with_a_covered_word_is_not_worth_asking_about() -> None:
    refusal = provable(words_changed(page(), "Drama", seen=False))
    assert refusal is not None
    assert "covered" in refusal.words


def test_a_page_that_was_not_read_whole_is_not_worth_asking_about() -> None:
    refusal = provable(replace(page(), remarks=("Page 2 is upside down",)))
    assert refusal is not None
    assert "Page 2" in refusal.words


def test_a_slot_that_is_empty_is_for_a_person() -> None:
    """A free period and an erased lesson look alike."""
    lessons = [list(row) for row in LESSONS]
    lessons[3][1] = ""
    data = grid_pdf(week(lessons))
    reading = Reading.from_json(read(data, classify(data)).to_json())
    refusal = provable(reading)
    assert refusal is not None
    assert "Tuesday 10:20" in refusal.words


def test_a_second_table_or_words_beside_the_first_are_for_a_person() -> None:
    cells = [*week(LESSONS), (0, 7, 1, 1, "12:20 - 13:20"), (1, 7, 5, 1, "Lunch club")]
    data = grid_pdf(cells)
    reading = Reading.from_json(read(data, classify(data)).to_json())
    shown = {block.title for block in shown_by(reading).blocks} if not provable(reading) else set()
    assert provable(reading) is not None or "Lunch club" in shown


@pytest.mark.parametrize("row", range(len(TIMES)))
def test_a_time_that_breaks_the_order_is_for_a_person(row: int) -> None:
    times = list(TIMES)
    times[row] = "14:00 - 13:00"
    data = grid_pdf(week(LESSONS, times=times))
    reading = Reading.from_json(read(data, classify(data)).to_json())
    with pytest.raises(CannotTellError):
        shown_by(reading)


def test_no_mutation_makes_a_block_the_model_does_not_know() -> None:
    """The mutations above stay within what an answer may say."""
    with pytest.raises(InvalidTimetableError):
        Block(day="someday", start="09:00", end="10:00", title="Maths")


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ("11:20 - 12:23", "unusual time"),
        ("12:30 - 13:40", "could as well be"),
        ("13:45 - 14:45", ""),
    ],
)
def test_a_misprint_is_for_a_person_and_a_gap_is_settled_by_who_reads_again(
    last: str, why: str
) -> None:
    data = grid_pdf(week(LESSONS, times=(*TIMES[:-1], last)))
    refusal = provable(Reading.from_json(read(data, classify(data)).to_json()))
    assert (refusal is None) is (why == "")
    assert why in (refusal.words if refusal else "")


HEADINGS = ((40, "Day"), (130, "Time"), (260, "Lesson"))


def a_list(*, sure: float = 100.0, gap: float = 0.0) -> Reading:
    """A list in a picture: how sure its second title is, and a gap below it in pixels."""
    words: list[Word] = []

    def say(x: float, y: float, text: str, how_sure: float = 100.0) -> None:
        for word in text.split():
            width = 9.0 * len(word)
            words.append(Word(word, Box(x, y, x + width, y + 16), size=16.0, sure=how_sure))
            x += width + 6

    for x, heading in HEADINGS:
        say(2 * x, 40, heading)
    y = 70.0
    for day in DAYS[:5]:
        lessons = (("09:00-10:00", "Maths"), ("10:00-10:45", "Drama"), ("10:45-11:00", "Break"))
        for number, (time, title) in enumerate(lessons):
            y += gap if number == 2 and day == "monday" else 0
            say(80, y, day.capitalize())
            say(260, y, time)
            say(520, y, title, sure if number == 1 and day == "monday" else 100.0)
            y += 28
    page = Page(width=1200, height=1700, cells=(), words=tuple(words))
    return Reading(kind="picture", route="ocr", pages=(page,))


def test_a_title_two_readings_agreed_on_can_be_proven() -> None:
    assert provable(a_list(sure=55)) is None


def test_a_title_no_two_readings_agreed_on_cannot() -> None:
    """Under a stain something can always be read."""
    assert provable(a_list(sure=36)) is not None


def test_a_gap_between_rows_cannot_be_proven() -> None:
    """An erased row leaves one, and no picture shows what stood there."""
    assert {doubt.rule for doubt in interpret(a_list(gap=28)).doubts} == {"rows-uneven"}
    assert provable(a_list(gap=28)) is not None
