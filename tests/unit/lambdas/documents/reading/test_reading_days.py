from __future__ import annotations

import pytest

from lambdas.documents.reading.days import day_of, from_letters, nearly_day_of


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("Monday", 0),
        ("TUES", 1),
        ("Weds", 2),
        ("Thurs.", 3),
        ("Fri", 4),
        ("MON 5 Oct", 0),
        ("Wed 07/10", 2),
    ],
)
def test_a_day_is_known_however_it_is_shortened(printed: str, day: int) -> None:
    assert day_of(printed) == day


@pytest.mark.parametrize(
    "printed", ["Friday times", "Mon–Thurs", "Money", "Month", "Sunflower", ""]
)
def test_a_day_with_other_words_is_no_heading(printed: str) -> None:
    assert day_of(printed) is None


def test_single_letters_are_days_only_as_a_whole_week() -> None:
    assert from_letters(["M", "T", "W", "Th", "F"]) == [0, 1, 2, 3, 4]
    assert from_letters(["M", "T", "W", "T", "F"]) == [0, 1, 2, 3, 4]
    assert from_letters(["M", "W", "F"]) is None
    assert from_letters(["T", "M", "W", "T", "F"]) is None


def test_one_misread_letter_in_a_full_name_is_forgiven() -> None:
    assert nearly_day_of("Wednesdav") == 2
    assert nearly_day_of("Sun") is None
