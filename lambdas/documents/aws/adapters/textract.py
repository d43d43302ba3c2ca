"""Words read by Amazon Textract. One call a page, with the picture in it: nothing is stored there.

Held against answers of the documented shape; the service itself is not on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image

from lambdas.documents.model.errors import ReaderUnavailableError
from lambdas.documents.preprocessing.pictures import Picture
from lambdas.documents.preprocessing.sheets import png_of
from lambdas.documents.reading.agree import font_size
from lambdas.documents.reading.page import Box, Word
from lambdas.shared.aws.clients import AWS_ERRORS, client, passes

LARGEST = 10 * 2**20
"""Bytes of a picture in a call; the service's bound."""
QUALITY = 92
"""Of the JPEG that a larger picture becomes."""


class TextractWords:
    def __init__(self, textract: Any = None) -> None:
        self._textract = textract or client("textract", connect_timeout=10, read_timeout=30)

    def __call__(self, picture: Picture) -> list[Word]:
        """Raises ReaderUnavailableError where the service does not answer, or is busy."""
        try:
            answer = self._textract.detect_document_text(Document={"Bytes": _sent(picture)})
        except AWS_ERRORS as error:
            if passes(error) or "ProvisionedThroughputExceeded" in str(error):
                raise ReaderUnavailableError("Textract does not answer") from error
            raise
        height, width = picture.shape[:2]
        return words_of(answer, width=width, height=height)


def _sent(picture: Picture) -> bytes:
    data = png_of(picture)
    if len(data) <= LARGEST:
        return data
    out = BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def words_of(answer: Mapping[str, Any], *, width: int, height: int) -> list[Word]:
    """The answer's WORD blocks in pixels; its LINE blocks say the same again."""
    return [
        _word(block, width, height)
        for block in answer.get("Blocks", ())
        if block["BlockType"] == "WORD" and block["Text"].strip()
    ]


def _word(block: Mapping[str, Any], width: int, height: int) -> Word:
    geometry = block["Geometry"]
    at = geometry["BoundingBox"]
    left, top = at["Left"] * width, at["Top"] * height
    box = Box(left, top, left + at["Width"] * width, top + at["Height"] * height)
    turn = _turn(geometry.get("Polygon", ()), width, height)
    upright = box if turn in (0, 180) else box.transposed()
    text = block["Text"].strip()
    return Word(text, box, font_size(text, upright), turn=turn, sure=float(block["Confidence"]))


def _turn(polygon: Any, width: int, height: int) -> int:
    """The first side of the polygon is the top of the word as it is read."""
    if len(polygon) < 2:
        return 0
    across = (polygon[1]["X"] - polygon[0]["X"]) * width
    down = (polygon[1]["Y"] - polygon[0]["Y"]) * height
    if abs(across) >= abs(down):
        return 0 if across >= 0 else 180
    return 270 if down > 0 else 90
