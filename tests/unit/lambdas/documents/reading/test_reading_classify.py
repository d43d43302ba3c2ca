from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from lambdas.documents.reading.classify import MAX_PAGES, classify
from lambdas.documents.reading.kinds import Kind, UnreadableError
from tests.unit.lambdas.documents.reading.drawing import pdf_of, png_of


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        classify(data)
    return caught.value.reason


def claimed(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    header = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + header + b"\0" * 20


def test_a_bomb_is_refused_by_its_header() -> None:
    assert "60000 x 60000" in reason(claimed(60000, 60000))


def test_a_single_pixel_is_refused() -> None:
    assert "1 x 1" in reason(png_of(Image.new("L", (1, 1))))


def test_nothing_is_refused() -> None:
    assert reason(b"") == "The file is empty."


def test_a_cut_png_is_refused() -> None:
    whole = png_of(Image.effect_noise((300, 300), 90))
    assert "cut off" in reason(whole[: len(whole) // 2])


def test_a_cut_jpeg_is_refused() -> None:
    held = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(held, "JPEG")
    assert "cut off" in reason(held.getvalue()[: len(held.getvalue()) // 2])


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"PK\x03\x04rest", "zip"),
        (b"<svg onload='x()'/>", "SVG"),
        (b"this is text", "neither"),
        (b"%PDF-1.7\ngarbage", "damaged"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
    ],
)
def test_a_false_name_is_seen_through(data: bytes, word: str) -> None:
    assert word in reason(data)


def test_too_many_pages_are_refused() -> None:
    assert str(MAX_PAGES + 1) in reason(pdf_of([[(72, 700, 12, "one line")]] * (MAX_PAGES + 1)))


def test_the_kind_comes_from_the_bytes() -> None:
    assert classify(png_of(Image.new("L", (400, 300), 255))) is Kind.PICTURE
    page = [(72, 700, 12, "a page with words of its own on it")]
    assert classify(pdf_of([page])) is Kind.TEXT_PDF
    assert classify(pdf_of([page, []])) is Kind.SCAN_PDF
