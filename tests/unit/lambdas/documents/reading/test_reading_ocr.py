"""Pieces of a page, as Tesseract reads them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from lambdas.documents.preprocessing.prepared import Prepared
from lambdas.documents.reading import ocr, picture_pages
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.ocr import CHARACTER, LINE, Seen, words_in
from samples.generator.fonts import FOLDER


def drawn(text: str, *, left: int = 14) -> Image.Image:
    piece = Image.new("L", (60 + 22 * len(text), 64), 255)
    font = ImageFont.truetype(FOLDER / "plain-regular.ttf", 30)
    ImageDraw.Draw(piece).text((left, 14), text, fill=0, font=font)
    return piece


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float, str]]:
    """How Tesseract was asked, each time it was."""
    calls: list[tuple[int, float, str]] = []
    real = ocr._words

    def counted(picture: Image.Image, mode: int, scale: float, only: str) -> list[Seen]:
        calls.append((mode, scale, only))
        return real(picture, mode, scale, only)

    monkeypatch.setattr(ocr, "_words", counted)
    ocr.forget_pieces()
    return calls


def test_the_same_piece_is_read_once_and_says_the_same(asked: list[object]) -> None:
    first = words_in(drawn("Geography"), LINE, scale=1.6)
    assert [word.text for word in first] == ["Geography"]
    assert words_in(drawn("Geography"), LINE, scale=1.6) == first
    assert len(asked) == 1


def test_a_piece_that_is_another_in_anything_is_read_again(asked: list[object]) -> None:
    """Two readings that shall agree are never one reading."""
    words_in(drawn("History"), LINE, scale=1.6)
    words_in(drawn("History"), LINE, scale=1.0)
    words_in(drawn("History"), CHARACTER, scale=1.6)
    words_in(drawn("History"), LINE, scale=1.6, only="History")
    words_in(drawn("History", left=15), LINE, scale=1.6)
    words_in(drawn("Hist0ry"), LINE, scale=1.6)
    assert len(asked) == 6


def test_what_is_kept_cannot_be_changed_by_who_asked(asked: list[object]) -> None:
    words_in(drawn("Music"), LINE).clear()
    assert [word.text for word in words_in(drawn("Music"), LINE)] == ["Music"]


def test_nothing_of_a_page_is_kept_for_the_next(asked: list[object]) -> None:
    words_in(drawn("Drama"), LINE)
    ocr.forget_pieces()
    words_in(drawn("Drama"), LINE)
    assert len(asked) == 2


def test_reading_a_document_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Image.new("RGB", (400, 300), "white")
    page.paste(drawn("Latin"), (40, 60))
    sheet = Prepared(np.asarray(page), drawn=True)
    picture_pages.read_pictures(Kind.PICTURE, [sheet])
    assert ocr._words_of_piece.cache_info().currsize == 0
