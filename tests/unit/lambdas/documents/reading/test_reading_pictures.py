from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pypdfium2
import pytest

from lambdas.documents.reading import ocr
from lambdas.documents.reading.evidence import COSTS
from tests.unit.lambdas.documents.reading.drawing import grid_pdf, png_of, week
from tests.unit.lambdas.documents.reading.test_reading_grids import LESSONS, changed, understood

ENGLISH = "7d4322bd2a7749724879683fc3912cb542f19906c83bcc1a52132556427170b2"


def picture(pdf: bytes) -> bytes:
    return png_of(pypdfium2.PdfDocument(pdf)[0].render(scale=2.4).to_pil())


def test_the_language_data_is_the_one_that_was_pinned() -> None:
    (name,) = ocr.DATA_FILES
    data = (Path(ocr.__file__).parent / name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == ENGLISH


def test_tesseract_is_kept_to_one_thread() -> None:
    assert os.environ["OMP_THREAD_LIMIT"] == "1"


def test_a_clean_picture_of_a_grid_is_complete_and_right() -> None:
    found = understood(picture(grid_pdf(week(LESSONS))))
    assert found.confidence >= 98, found.doubts
    assert found.timetable is not None
    assert {b.title for b in found.timetable.blocks} == {
        text.split("\n")[0] for row in LESSONS for text in row
    }


def test_an_erased_cell_of_a_picture_is_asked_about() -> None:
    found = understood(picture(grid_pdf(week(changed(4, 3, "")))))
    assert any("Thursday 11:20" in doubt.why for doubt in found.doubts)
    assert found.confidence < 98


@pytest.mark.parametrize("rule", sorted(COSTS))
def test_any_doubt_keeps_a_document_from_completing(rule: str) -> None:
    assert COSTS[rule] > 2
