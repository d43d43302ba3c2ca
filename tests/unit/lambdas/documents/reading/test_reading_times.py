from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.documents.reading.times import ranges, singles, swaps, text_of, whole


@pytest.mark.parametrize(
    ("printed", "start", "end"),
    [
        ("08:45 - 09:00", "08:45", "09:00"),
        ("9.25am – 10.25am", "09:25", "10:25"),
        ("11.00–12.00pm", "11:00", "12:00"),
        ("12.10pm – 1.10pm", "12:10", "13:10"),
        ("1.00 – 1.50pm", "13:00", "13:50"),
        ("12:50-1:40", "12:50", "13:40"),
        ("2:40-3:10", "14:40", "15:10"),
        ("0905-0950", "09:05", "09:50"),
        ("9 am to 9.20 am", "09:00", "09:20"),
        ("13.45 —- 14.30", "13:45", "14:30"),
    ],
)
def test_a_range_is_read_as_schools_print_it(printed: str, start: str, end: str) -> None:
    span = whole(printed.replace("—-", "—"))
    assert span is not None
    assert span.end is not None
    assert (text_of(span.start), text_of(span.end)) == (start, end)


@pytest.mark.parametrize("printed", ["9:75", "25:10", "Room 14", "8", "2026/27", "Year 5", ""])
def test_what_is_no_time_is_not_read_as_one(printed: str) -> None:
    assert whole(printed) is None


def test_a_time_inside_a_sentence_is_found_with_its_place() -> None:
    (span,) = singles("School finishes at 3.20pm.")
    assert text_of(span.start) == "15:20"


def test_every_range_of_a_key_is_found() -> None:
    assert len(list(ranges("Period 1 8.50–9.40 Period 2 9.40–10.30 Break 10.30–10.50"))) == 3


@given(
    st.integers(7 * 60, 18 * 60),
    st.integers(5, 180),
    st.sampled_from([":", "."]),
    st.sampled_from(["-", " - ", "–", " – ", " to "]),
)
def test_a_24_hour_range_is_read_back_as_it_was_printed(
    start: int, length: int, mark: str, dash: str
) -> None:
    def printed(minutes: int) -> str:
        return f"{minutes // 60:02d}{mark}{minutes % 60:02d}"

    span = whole(printed(start) + dash + printed(start + length))
    assert span is not None
    assert (span.start, span.end) == (start, start + length)


@given(st.integers(7 * 60, 18 * 60 + 55), st.sampled_from([":", "."]))
def test_a_12_hour_time_without_a_suffix_is_read_back_too(minutes: int, mark: str) -> None:
    hour = minutes // 60
    span = whole(f"{hour - 12 if hour > 12 else hour}{mark}{minutes % 60:02d}")
    assert span is not None
    expected = minutes if hour < 19 else minutes - 12 * 60
    assert span.start == expected


@given(st.integers(7 * 60, 18 * 60), st.booleans())
def test_a_swap_gives_other_times_on_five_minute_marks(minutes: int, twelve: bool) -> None:
    for other in swaps(minutes, twelve=twelve):
        assert other != minutes
        assert other % 5 == 0


def test_the_swap_that_hides_best_is_known() -> None:
    assert 8 * 60 + 5 in swaps(8 * 60 + 50, twelve=False)
