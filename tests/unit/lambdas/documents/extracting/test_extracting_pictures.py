"""The pages a model sees: from an upload, or as preprocessing left them."""

from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image

from lambdas.documents.aws.adapters.pictures import StoredPictures
from lambdas.documents.extracting.pictures import LONG_SIDE, MOST_PAGES
from lambdas.documents.model.errors import DocumentGoneError, ObjectTooLargeError
from lambdas.documents.reading.kinds import UnreadableError
from tests.support.documents_cabinet import Cabinet
from tests.support.documents_examples import a_document, a_run
from tests.unit.lambdas.documents.reading.drawing import pdf_of, png_of

RUN = a_run(a_document())
LIMIT = 2**20


def shown(cabinet: Cabinet, kind: str, prepared: str | None = None) -> list[Image.Image]:
    found = StoredPictures(cabinet, limit=LIMIT).of(RUN, kind=kind, prepared=prepared)
    assert {media for media, _ in found} <= {"image/jpeg"}
    return [Image.open(io.BytesIO(base64.b64decode(data))) for _, data in found]


def picture(width: int, height: int, grey: int = 200) -> bytes:
    return png_of(Image.new("RGB", (width, height), (grey, grey, grey)))


def uploaded(data: bytes) -> Cabinet:
    cabinet = Cabinet()
    cabinet.objects[RUN.key] = data
    return cabinet


@pytest.mark.parametrize(("size", "seen"), [((3136, 100), (1568, 50)), ((300, 200), (300, 200))])
def test_a_picture_is_made_small_and_never_larger(
    size: tuple[int, int], seen: tuple[int, int]
) -> None:
    [image] = shown(uploaded(picture(*size)), "picture")
    assert (image.size, image.mode) == (seen, "L")


def test_what_is_seen_through_is_paper() -> None:
    clear = png_of(Image.new("RGBA", (50, 50), (0, 0, 0, 0)))
    [image] = shown(uploaded(clear), "picture")
    assert image.getpixel((25, 25)) == 255


def test_the_pages_of_a_pdf_are_drawn_up_to_a_number() -> None:
    images = shown(uploaded(pdf_of([[(72, 700, 12, "Page")]] * (MOST_PAGES + 2))), "text_pdf")
    assert len(images) == MOST_PAGES
    assert max(images[0].size) == LONG_SIDE


def test_a_prepared_page_is_shown_instead_and_a_clean_one_as_it_came() -> None:
    cabinet = uploaded(pdf_of([[(72, 700, 12, "One")], [(72, 700, 12, "Two")]]))
    sheets = [{"number": 1, "key": "preprocessed/1.png"}, {"number": 2, "key": None}]
    cabinet.objects["preprocessed/list"] = json.dumps({"pages": sheets}).encode()
    cabinet.objects["preprocessed/1.png"] = picture(60, 40)
    images = shown(cabinet, "scan_pdf", "preprocessed/list")
    assert images[0].size == (60, 40)
    assert max(images[1].size) == LONG_SIDE


def test_the_upload_is_not_read_where_every_page_was_prepared() -> None:
    cabinet = Cabinet()
    cabinet.objects["list"] = json.dumps({"pages": [{"number": 1, "key": "one"}]}).encode()
    cabinet.objects["one"] = picture(60, 40)
    assert len(shown(cabinet, "photo", "list")) == 1


def test_a_deleted_a_damaged_and_a_too_large_upload_are_named() -> None:
    with pytest.raises(DocumentGoneError):
        shown(Cabinet(), "picture")
    with pytest.raises(UnreadableError):
        shown(uploaded(b"\x89PNG nearly"), "picture")
    with pytest.raises(ObjectTooLargeError):
        shown(uploaded(b"x" * (LIMIT + 1)), "picture")
