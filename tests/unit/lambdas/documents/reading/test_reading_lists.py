from __future__ import annotations

from tests.unit.lambdas.documents.reading.drawing import DAYS, pdf_of
from tests.unit.lambdas.documents.reading.test_reading_grids import understood

HOURS = [("09:00", "09:50"), ("09:50", "10:40"), ("11:00", "11:50")]
SUBJECTS = ["Algebra", "Drama", "Italian"]


def flat_list(*, lost: int | None = None, blank: int | None = None) -> bytes:
    page = [(60.0, 780.0, 16.0, "Pupil timetable")]
    for x, head in zip(
        (60, 160, 230, 300, 420), ("Day", "Start", "Finish", "Lesson", "Room"), strict=True
    ):
        page.append((x, 740.0, 10.0, head))
    number = 0
    for day in DAYS:
        for (start, end), subject in zip(HOURS, SUBJECTS, strict=True):
            y = 720.0 - 20 * number
            if number != lost:
                page += [(60.0, y, 10.0, day), (160.0, y, 10.0, start), (230.0, y, 10.0, end)]
                page += [
                    (300.0, y, 10.0, "" if number == blank else subject),
                    (420.0, y, 10.0, "R1"),
                ]
            number += 1
    return pdf_of([page])


def test_a_flat_list_is_complete_and_right() -> None:
    found = understood(flat_list())
    assert found.confidence == 100, found.doubts
    assert found.timetable is not None
    assert len(found.timetable.blocks) == 15
    assert found.timetable.blocks[0].title == "Algebra"
    assert found.timetable.blocks[0].notes == "R1"


def test_a_lost_row_leaves_a_gap_that_is_seen() -> None:
    found = understood(flat_list(lost=7))
    assert found.confidence < 98
    assert any("gap" in doubt.why for doubt in found.doubts)


def test_a_row_without_its_lesson_is_incomplete() -> None:
    assert understood(flat_list(blank=4)).confidence < 98
