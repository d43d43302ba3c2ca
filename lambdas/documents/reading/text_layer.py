"""The words of a PDF page from its own text layer, with font, size, colour and direction, in
pixels of the rendered page.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import category

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from lambdas.documents.reading.page import Box, Word, around

MAX_CHARACTERS = 50_000
LYING_ON, ON_TOP = 0.5, 0.9
"""Of the narrower letter's width: two of a written word share as much now and then (a T and what
follows it), more do not, and none lies on another.
"""


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    box: Box
    turn: int
    style: str


def words_of(page: pdfium.PdfPage, *, scale: float) -> list[Word]:
    """Words in the order of the page's content, split where the layer has a space or a gap."""
    layer = page.get_textpage()
    count = min(layer.count_chars(), MAX_CHARACTERS)
    to_pixels = _transform(page, scale)
    words: list[Word] = []
    current: list[_Char] = []
    for index in range(count):
        char = _char(layer, index, to_pixels)
        if char is None or (current and _breaks(current[-1], char)):
            if current:
                words.append(_word(current))
            current = []
        if char is not None:
            current.append(char)
    if current:
        words.append(_word(current))
    return words


class _Affine:
    """From page coordinates to pixels, rotation and crop box included."""

    def __init__(
        self, origin: tuple[float, ...], x: tuple[float, ...], y: tuple[float, ...]
    ) -> None:
        self.origin, self.x, self.y = origin, x, y

    def point(self, px: float, py: float) -> tuple[float, float]:
        return (
            self.origin[0] + px * self.x[0] + py * self.y[0],
            self.origin[1] + px * self.x[1] + py * self.y[1],
        )

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        ax, ay = self.point(left, bottom)
        bx, by = self.point(right, top)
        return Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def _transform(page: pdfium.PdfPage, scale: float) -> _Affine:
    width, height = page.get_size()
    fine = 1000  # device units per pixel: the function answers in whole ones
    size = (round(width * scale * fine), round(height * scale * fine))

    def device(x: float, y: float) -> tuple[float, float]:
        dx, dy = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, size[0], size[1], 0, x, y, dx, dy)
        return dx.value / fine, dy.value / fine

    origin = device(0, 0)
    far_x, far_y = device(100, 0), device(0, 100)
    return _Affine(
        origin,
        ((far_x[0] - origin[0]) / 100, (far_x[1] - origin[1]) / 100),
        ((far_y[0] - origin[0]) / 100, (far_y[1] - origin[1]) / 100),
    )


def _char(layer: pdfium.PdfTextPage, index: int, to_pixels: _Affine) -> _Char | None:
    text = chr(raw.FPDFText_GetUnicode(layer, index))
    if text.isspace() or raw.FPDFText_IsGenerated(layer, index) == 1 or not text.isprintable():
        return None
    bounds = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(layer, index, bounds)
    # The matrix says which way the text runs (FPDFText_GetCharAngle counts the other way round);
    # the page's own rotation turns the text with it.
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(layer, index, matrix)
    dx, dy = matrix.a, matrix.b
    px = dx * to_pixels.x[0] + dy * to_pixels.y[0]
    py = dx * to_pixels.x[1] + dy * to_pixels.y[1]
    turn = 0 if abs(px) >= abs(py) else (90 if py < 0 else 270)
    return _Char(
        text=_plain(text),
        box=to_pixels.box(bounds.left, bounds.bottom, bounds.right, bounds.top),
        turn=turn,
        style=_style(layer, index),
    )


def _plain(text: str) -> str:
    return {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "\u00ad": "-"}.get(text, text)


def _style(layer: pdfium.PdfTextPage, index: int) -> str:
    buffer = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(layer, index, buffer, 128, flags)
    name = buffer.value.decode("utf-8", "replace").split("+")[-1]
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFText_GetFillColor(layer, index, red, green, blue, alpha)
    return f"{name} #{red.value:02x}{green.value:02x}{blue.value:02x}"


def _breaks(last: _Char, char: _Char) -> bool:
    """A new word without a space between: another direction, another line, or a gap."""
    if last.turn != char.turn or last.style.split(" #")[0] != char.style.split(" #")[0]:
        return True
    if char.turn == 0:
        size = max(last.box.height, 1.0)
        return (
            abs(char.box.y - last.box.y) > 0.4 * size
            or char.box.x0 - last.box.x1 > 0.35 * size
            or char.box.x1 < last.box.x0
        )
    size = max(last.box.width, 1.0)
    gap = last.box.y0 - char.box.y1 if char.turn == 90 else char.box.y0 - last.box.y1
    return abs(char.box.x - last.box.x) > 0.4 * size or gap > 0.35 * size


def _interleaved(chars: list[_Char]) -> bool:
    """Two texts printed over one another come out as one, letter by letter: some of its letters lie
    on others. Accents do too, and are no letters of their own; a ligature's have one box.
    """
    letters = [char for char in chars if category(char.text[0])[0] not in "MS"]
    shared = [_shared(one, other) for one, other in pairwise(letters) if one.box != other.box]
    return max(shared, default=0) > ON_TOP or sum(part > LYING_ON for part in shared) > 1


def _shared(one: _Char, other: _Char) -> float:
    """How much of the narrower letter lies on the other."""
    a, b = one.box, other.box
    if one.turn == 0:
        shared, narrow = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.width, b.width)
    else:
        shared, narrow = min(a.y1, b.y1) - max(a.y0, b.y0), min(a.height, b.height)
    return shared / narrow if narrow > 0 else 0.0


def _word(chars: list[_Char]) -> Word:
    box = around([char.box for char in chars])
    first = chars[0]
    return Word(
        text="".join(char.text for char in chars),
        box=box,
        size=box.height if first.turn == 0 else box.width,
        style=first.style,
        turn=first.turn,
        seen=not _interleaved(chars),
    )
