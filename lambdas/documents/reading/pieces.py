"""The second look: each cell and each piece of a line is read again until two readings agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from statistics import median

import numpy as np
from PIL import Image

from lambdas.documents.reading.agree import (
    BEYOND_IT,
    DISPUTED,
    THROUGH_IT,
    Agreed,
    agreed,
    disputed,
    font_size,
)
from lambdas.documents.reading.flat import RIM, Grey
from lambdas.documents.reading.lines import chunks_of
from lambdas.documents.reading.ocr import BLOCK, CHARACTER, LINE, Seen, words_in
from lambdas.documents.reading.page import Box, Cell, Word, around
from lambdas.documents.reading.raster import LONG_SIDE

SCALES = (1.6, 1.3, 2.2, 1.0)
"""Of the looks after that at the whole page, in turn; see `_other_scales`."""
NEAR = 2
"""Pixels between a word's box and the first or last row of its cell that are none: boxes are
measured in an enlarged piece.
"""
ANOTHER = 1.15
"""Two looks whose sizes differ by less see the same: that they agree says nothing."""
STRUCK, MANY_LETTERS, INKED = 0.97, 4, 150
"""Of a word's width, in the rows that go through the middle of small letters: blurred bars of F, e
and H fill 0.95 of one, and of words of two or three letters nearly all.
"""
STAIN = "▒"
"""Stands for ink that is no word: in a row of a list it is a doubt, elsewhere nobody asks."""
DAY_CHARACTERS = "MTWFhSua"
TIME_CHARACTERS = "0123456789:.-–—apm"


def on_page(seen: list[Seen], dx: float = 0.0, dy: float = 0.0) -> list[Word]:
    """On the page; a dash alone has the size of the words beside it."""
    words = [
        Word(
            s.text,
            Box(s.box.x0 + dx, s.box.y0 + dy, s.box.x1 + dx, s.box.y1 + dy),
            size=font_size(s.text, s.box),
            sure=s.sure,
        )
        for s in seen
    ]
    sizes: dict[tuple[int, ...], list[float]] = {}
    for s, word in zip(seen, words, strict=True):
        if any(char.isalnum() for char in word.text):
            sizes.setdefault(s.line, []).append(word.size)
    return [
        word
        if any(char.isalnum() for char in word.text) or s.line not in sizes
        else replace(word, size=median(sizes[s.line]))
        for s, word in zip(seen, words, strict=True)
    ]


def read_cell(cell: Cell, flat: Grey) -> Cell:
    """The cell with its words; none of them is sure where more is drawn than was read."""
    read = _read(cell, flat)
    if read.words and _is_cut(read, flat):
        return disputed(read, BEYOND_IT)
    if any(_is_struck(word, flat) for word in read.words):
        return disputed(read, THROUGH_IT)
    if read.words and _unread_ink(read, flat):
        return disputed(read)
    return read


def _is_cut(cell: Cell, flat: Grey) -> bool:
    """A word that reaches the first or last row of its cell goes on beyond it: what was taken for
    a rule is a line of letters, whose feet make one, and half of a word reads like another.
    """
    y0, y1 = int(cell.box.y0) + RIM, int(cell.box.y1) - RIM
    first, last = flat[y0] < 128, flat[y1 - 1] < 128
    return any(
        (word.box.y0 <= y0 + NEAR and first[int(word.box.x0) : int(word.box.x1)].any())
        or (word.box.y1 >= y1 - NEAR and last[int(word.box.x0) : int(word.box.x1)].any())
        for word in cell.words
    )


def _is_struck(word: Word, flat: Grey) -> bool:
    """A line runs through all of its letters, and the gaps between them: somebody crossed it out,
    and Tesseract reads it all the same.
    """
    letters = sum(char.isalnum() for char in word.text)
    if word.turn or letters < 2:
        return False
    box = word.box
    rows = slice(int(box.y0 + 0.42 * box.height), int(box.y0 + 0.68 * box.height) + 1)
    dark = flat[rows, max(0, int(box.x0) + 1) : max(0, int(box.x1) - 1)] < INKED
    if dark.shape[0] < 2 or dark.shape[1] < 8:
        return False
    return bool(dark.mean(axis=1).max() >= (STRUCK if letters >= MANY_LETTERS else 1.0))


def _unread_ink(cell: Cell, flat: Grey) -> bool:
    """A stain, a stroke or half a word beside the words: as much as a letter would leave."""
    x0, y0, x1, y1 = (int(side) for side in (cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1))
    rest = flat[y0 + 5 : y1 - 5, x0 + 5 : x1 - 5] < 150
    ink = int(rest.sum())
    for word in cell.words:
        top, left = max(0, int(word.box.y0) - y0 - 9), max(0, int(word.box.x0) - x0 - 9)
        rest[top : max(0, int(word.box.y1) - y0 - 1), left : max(0, int(word.box.x1) - x0 - 1)] = 0
    letters = sum(len(word.text) for word in cell.words)
    return int(rest.sum()) > max(40, 1.2 * ink / max(letters, 3))


def _read(cell: Cell, flat: Grey) -> Cell:
    box = _ink_box(flat, cell.box)
    if box is None:
        return replace(cell, words=(), ink=False)
    if box.height > 2.2 * box.width and cell.box.height > 1.3 * cell.box.width:
        return _read_sideways(cell, box, flat)
    first = [word for word in cell.words if word.turn == 0]
    if _is_table(cell):
        return replace(cell, words=tuple(read_chunks(cell.words, flat)), readings=1)
    result = agreed(_looks(flat, box, BLOCK, first))
    if _timely(result.words):
        result = _read_times(result, flat, box, BLOCK)
    read = replace(cell, words=result.words, readings=result.readings, others=result.others)
    return _read_letter(read, box, flat) if _is_letter(read.words, box) else read


def _is_table(cell: Cell) -> bool:
    """A row of a list, or a whole page of one: its pieces are read one by one."""
    chunks = chunks_of(cell.words)
    return any(abs(a.box.y - b.box.y) < 0.3 * a.size for a, b in pairwise(chunks))


def _timely(words: tuple[Word, ...]) -> bool:
    """Nothing but a time or a range, and not read surely."""
    text = "".join(word.text for word in words)
    digits = sum(char.isdigit() for char in text)
    others = sum(char not in TIME_CHARACTERS for char in text)
    return digits >= 3 and others <= 1 and min(word.sure for word in words) < 90


def _is_letter(words: tuple[Word, ...], box: Box) -> bool:
    """What Tesseract makes of a lone M, T, W, Th or F: TT, we, -F."""
    text = "".join(word.text for word in words).lower()
    return box.width < 1.8 * box.height and len(text) <= 4 and set(text) <= set("mtwhfsue-")


def _read_letter(cell: Cell, box: Box, flat: Grey) -> Cell:
    looks = _looks(flat, box, CHARACTER, [], only=DAY_CHARACTERS)
    result = agreed(looks)
    if not result.readings:
        return replace(cell, readings=0, others=result.others)
    words = tuple(replace(word, sure=max(word.sure, 75.0)) for word in result.words)
    return replace(cell, words=words, readings=result.readings, others=result.others)


def _read_times(result: Agreed, flat: Grey, box: Box, mode: int) -> Agreed:
    """Times are read again with nothing but their own characters allowed."""
    looks = _looks(flat, box, mode, list(result.words), only=TIME_CHARACTERS)
    again = agreed(looks)
    if not again.readings:
        return result
    # Tesseract is never sure of a dash between digits; two readings that agree say more.
    return replace(again, words=tuple(replace(w, sure=max(w.sure, 75.0)) for w in again.words))


def _looks(
    flat: Grey, box: Box, mode: int, first: list[Word], *, only: str = ""
) -> Iterator[Callable[[], list[Word]]]:
    """One reading after the other of the same piece, each at another size."""
    if not only:
        yield lambda: first
    piece, dx, dy = cut_out(flat, box)
    for scale in _other_scales(page_scale(flat)):
        yield lambda scale=scale: on_page(words_in(piece, mode, scale=scale, only=only), dx, dy)


def page_scale(page: Grey) -> float:
    """By how much a page is enlarged where all of it is read at once."""
    longest = max(page.shape)
    return 1.0 if longest >= 1500 else min(2.0, LONG_SIDE / longest)


def _other_scales(first: float) -> list[float]:
    return [scale for scale in SCALES if max(scale / first, first / scale) >= ANOTHER]


def _read_sideways(cell: Cell, box: Box, flat: Grey) -> Cell:
    """Turned both ways; the surer one is read again."""
    ways = []
    for turn, how in ((90, Image.Transpose.ROTATE_270), (270, Image.Transpose.ROTATE_90)):
        piece, dx, dy = cut_out(flat, box)
        turned = piece.transpose(how)
        words = _turned(words_in(turned, BLOCK, scale=1.6), turn, piece.size, dx, dy)
        ways.append((sum(w.sure * len(w.text) for w in words), turn, how, words, piece, dx, dy))
    _, turn, how, words, piece, dx, dy = max(ways, key=lambda way: way[0])

    def looks() -> Iterator[Callable[[], list[Word]]]:
        yield lambda: words
        for scale in (1.0, 2.2):
            yield lambda scale=scale: _turned(
                words_in(piece.transpose(how), BLOCK, scale=scale), turn, piece.size, dx, dy
            )

    result = agreed(looks())
    return replace(cell, words=result.words, readings=result.readings, others=result.others)


def _turned(seen: list[Seen], turn: int, size: tuple[int, int], dx: float, dy: float) -> list[Word]:
    """Boxes of a turned piece back on the page."""
    width, height = size
    out: list[Word] = []
    for s in seen:
        b = s.box
        if turn == 90:
            box = Box(b.y0 + dx, height - b.x1 + dy, b.y1 + dx, height - b.x0 + dy)
        else:
            box = Box(width - b.y1 + dx, b.x0 + dy, width - b.y0 + dx, b.x1 + dy)
        out.append(Word(s.text, box, size=font_size(s.text, b), turn=turn, sure=s.sure))
    return out


def read_chunks(words: tuple[Word, ...], flat: Grey) -> list[Word]:
    """Words line by line, piece by piece, each piece read again by itself."""
    out = [word for word in words if word.text == STAIN]
    for chunk in chunks_of([word for word in words if word.text != STAIN]):
        box = around([word.box for word in chunk.words])
        result = agreed(_looks(flat, box, LINE, list(chunk.words)))
        if result.words and _timely(result.words):
            result = _read_times(result, flat, box, LINE)
        out.extend(
            replace(word, sure=min(word.sure, DISPUTED)) if _is_struck(word, flat) else word
            for word in result.words
        )
    return out


def _ink_box(flat: Grey, cell: Box) -> Box | None:
    x0, y0, x1, y1 = int(cell.x0) + 4, int(cell.y0) + 4, int(cell.x1) - 4, int(cell.y1) - 4
    dark = flat[y0:y1, x0:x1] < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows) or int(dark.sum()) < 8:
        return None
    return Box(
        x0 + float(columns[0]), y0 + float(rows[0]), x0 + columns[-1] + 1.0, y0 + rows[-1] + 1.0
    )


def cut_out(flat: Grey, box: Box) -> tuple[Image.Image, float, float]:
    """The box with a white margin around, and where its corner lies on the page."""
    margin = 14
    x0, y0 = max(0, int(box.x0) - 3), max(0, int(box.y0) - 3)
    part = flat[y0 : int(box.y1) + 3, x0 : int(box.x1) + 3]
    padded = np.pad(part, margin, constant_values=255)
    return Image.fromarray(padded), x0 - margin, y0 - margin
