from __future__ import annotations

from lambdas.documents.reading.lines import Line, lines_of
from lambdas.documents.reading.page import Box, Word
from lambdas.documents.reading.titles import Habits, Room, title_of


def line(text: str, y: float, *, size: float = 12, style: str = "Sans") -> Line:
    x, words = 4.0, []
    for part in text.split():
        width = len(part) * size * 0.5
        words.append(Word(part, Box(x, y, x + width, y + size), size, style))
        x += width + size * 0.25
    return lines_of(words)[0]


def read(*lines: Line, width: float) -> tuple[str, str, bool]:
    title = title_of(list(lines), [entry.text for entry in lines], Room(0, width, Habits(4, 12)))
    return title.text, title.notes, title.sure


def test_a_line_that_had_no_room_belongs_to_the_title() -> None:
    assert read(line("Music and", 0), line("Movement", 14), width=100) == (
        "Music and Movement",
        "",
        True,
    )


def test_a_line_that_would_have_fitted_is_a_note() -> None:
    assert read(line("Maths", 0), line("Hall", 14), width=160) == ("Maths", "Hall", True)


def test_another_font_is_a_note_even_without_room() -> None:
    below = line("Mr Kowalski", 14, size=9)
    assert read(line("Product Design", 0), below, width=96) == (
        "Product Design",
        "Mr Kowalski",
        True,
    )


def test_a_teacher_who_would_not_have_fitted_leaves_it_open() -> None:
    assert read(line("Product Design", 0), line("Mr Kowalski", 14), width=96)[2] is False


def test_letter_spaced_words_are_one_word() -> None:
    words = [Word(c, Box(i * 20, 0, i * 20 + 10, 12), 12) for i, c in enumerate("BREAK")]
    assert lines_of(words)[0].text == "BREAK"
