"""Tesseract on pieces of a page. One engine for each process, one thread, English."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

# Read once, when the library loads: with more threads than one, small pieces are eight times
# slower.
os.environ["OMP_THREAD_LIMIT"] = "1"

import tesserocr
from PIL import Image

from lambdas.documents.reading.page import Box

DATA_FILES = ("tessdata/eng.traineddata",)

PATIENCE_MS = 20_000
"""A whole page takes two seconds; what takes ten times that is no page."""

SPARSE, BLOCK, LINE, CHARACTER = 11, 6, 7, 10

KEPT = 512
"""Pieces of one page whose words are kept until the next: a drawn page says "Break" five times, in
the very same pixels.
"""
PIECE = 200_000
"""Pixels of the largest piece that is kept: what is larger is a page and never comes twice."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A word with its box in the pixels of the picture that was read."""

    text: str
    box: Box
    sure: float
    line: tuple[int, ...]


@cache
def _engine() -> Any:
    path = Path(__file__).parent / "tessdata"
    return tesserocr.PyTessBaseAPI(path=str(path), lang="eng", oem=tesserocr.OEM.LSTM_ONLY)


def words_in(picture: Image.Image, mode: int, *, scale: float = 1.0, only: str = "") -> list[Seen]:
    """The words of a grey picture, dark on light; boxes are in its own pixels whatever the scale.

    `only`: the characters that may be read. Of the same piece, asked the same way, Tesseract says
    the same again, so it is asked once; see `forget_pieces`.
    """
    if picture.width * picture.height > PIECE:
        return _words(picture, mode, scale, only)
    return list(_words_of_piece(picture.tobytes(), picture.size, mode, scale, only))


def forget_pieces() -> None:
    """After each page: what stood on one document is not kept while others are read."""
    _words_of_piece.cache_clear()


@lru_cache(maxsize=KEPT)
def _words_of_piece(
    pixels: bytes, size: tuple[int, int], mode: int, scale: float, only: str
) -> tuple[Seen, ...]:
    return tuple(_words(Image.frombytes("L", size, pixels), mode, scale, only))


def _words(picture: Image.Image, mode: int, scale: float, only: str) -> list[Seen]:
    if scale != 1.0:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    api = _engine()
    api.SetVariable("tessedit_char_whitelist", only)
    api.SetPageSegMode(mode)
    # As bytes: given a picture, tesserocr writes a BMP of it, which Leptonica reads.
    api.SetImageBytes(picture.tobytes(), picture.width, picture.height, 1, picture.width)
    api.SetSourceResolution(200)
    if not api.Recognize(PATIENCE_MS):
        return []
    words: list[Seen] = []
    for row in api.GetTSVText(0).splitlines():
        parts = row.split("\t")
        if len(parts) < 12 or parts[0] != "5" or not parts[11].strip():
            continue
        left, top, width, height = (int(part) / scale for part in parts[6:10])
        box = Box(left, top, left + width, top + height)
        line = tuple(int(part) for part in parts[2:5])
        words.append(Seen(parts[11].strip(), box, float(parts[10]), line))
    return words
