"""Textract's words become ours. Its answers here are made up, in the shape AWS documents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from lambdas.documents.aws.adapters.textract import TextractWords, words_of
from lambdas.documents.model.errors import ReaderUnavailableError
from lambdas.documents.preprocessing.prepared import Prepared
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.page import Box, Word
from lambdas.documents.reading.words_elsewhere import read_elsewhere
from tests.unit.lambdas.documents.preprocessing.table import sheet

CORNERS = {
    0: [(0, 0), (1, 0), (1, 1), (0, 1)],
    180: [(1, 1), (0, 1), (0, 0), (1, 0)],
    90: [(0, 1), (0, 0), (1, 0), (1, 1)],
    270: [(1, 0), (1, 1), (0, 1), (0, 0)],
}
"""Of a word's box: where the corners lie that Textract names, from the word's own top left on."""


def block(text: str, *, turn: int = 0, kind: str = "WORD") -> dict[str, Any]:
    left, top, width, height = 0.1, 0.2, 0.25, 0.05
    polygon = [{"X": left + x * width, "Y": top + y * height} for x, y in CORNERS[turn]]
    box = {"Left": left, "Top": top, "Width": width, "Height": height}
    return {
        "BlockType": kind,
        "Id": "5f0a4c1e-6c0b-5f0e-9b1e-2d9f7a3c8e11",
        "Confidence": 99.25,
        "Text": text,
        "TextType": "PRINTED",
        "Geometry": {"BoundingBox": box, "Polygon": polygon, "RotationAngle": 0.0},
    }


def answer(*blocks: dict[str, Any]) -> dict[str, Any]:
    page = {"BlockType": "PAGE", "Id": "p", "Geometry": {}}
    return {"DocumentMetadata": {"Pages": 1}, "Blocks": [page, *blocks]}


def test_a_word_comes_in_the_pixels_of_the_picture_as_sure_as_it_was_read():
    (word,) = words_of(answer(block("Maths", kind="LINE"), block("Maths")), width=1000, height=800)
    assert (word.text, word.sure, word.turn) == ("Maths", 99.25, 0)
    assert word.box == Box(100, 160, 350, 200)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_word_lies_the_way_its_polygon_begins(turn: int):
    (word,) = words_of(answer(block("BREAK", turn=turn)), width=1000, height=1000)
    assert word.turn == turn


class Service:
    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), 0

    def detect_document_text(self, *, Document: dict[str, bytes]) -> Any:
        assert Document["Bytes"].startswith(b"\x89PNG")
        self.asked += 1
        if isinstance(self.answers[0], Exception):
            raise self.answers[0]
        return self.answers[0]


def refusal(code: str, status: int = 400) -> ClientError:
    meta: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(meta, "DetectDocumentText")


@pytest.mark.parametrize(
    "error",
    [
        refusal("ThrottlingException"),
        refusal("ProvisionedThroughputExceededException"),
        refusal("InternalServerError", 500),
    ],
)
def test_a_service_that_is_busy_passes(error: ClientError):
    with pytest.raises(ReaderUnavailableError):
        TextractWords(Service(error))(sheet())


def test_a_refusal_that_will_not_pass_keeps_its_name():
    with pytest.raises(ClientError):
        TextractWords(Service(refusal("AccessDeniedException")))(sheet())


def test_the_cells_are_found_here_and_the_words_put_into_them():
    page = Prepared(sheet(), drawn=True)
    word = Word("Maths", Box(70, 110, 130, 130), size=20, sure=97.0)
    reading = read_elsewhere(Kind.PICTURE, [page], lambda picture: [word])
    (found,) = reading.pages
    assert len(found.cells) >= 30
    (held,) = [cell for cell in found.cells if cell.words]
    assert held.words == (word,)
    assert held.box.holds(word.box.x, word.box.y)
    assert held.ink
    assert reading.confidence == 97.0


def test_a_page_on_its_head_is_turned_with_its_words():
    head = Prepared(np.ascontiguousarray(np.rot90(sheet(), 2)), drawn=True, on_its_side=True)
    height, width = head.picture.shape[:2]
    box = Box(width - 130, height - 130, width - 70, height - 110)
    word = Word("Maths", box, size=20, turn=180)
    reading = read_elsewhere(Kind.PICTURE, [head], lambda picture: [word])
    (held,) = [cell for cell in reading.pages[0].cells if cell.words]
    assert (held.words[0].box, held.words[0].turn) == (Box(70, 110, 130, 130), 0)
    assert reading.prepared == ("page 1: turned by 180 degrees",)
