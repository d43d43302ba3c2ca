"""A PDF with its own text: words from the layer, cells from the rendered page, and a look
whether each word is seen.
"""

from __future__ import annotations

from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from lambdas.documents.reading.cells import Picture, cells_of, has_ink
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.page import Cell, Page, Reading, Word
from lambdas.documents.reading.pdf import opened
from lambdas.documents.reading.raster import rendered
from lambdas.documents.reading.text_layer import words_of

LONG_SIDE = 1684
"""A4 at 144 dpi: hairlines are still a pixel wide."""


def read_text_pdf(data: bytes) -> Reading:
    with opened(data) as document:
        pages = tuple(_page(document[number]) for number in range(len(document)))
    return Reading(kind=Kind.TEXT_PDF.value, route="text", pages=pages)


def _page(page: pdfium.PdfPage) -> Page:
    picture, scale = rendered(page, long_side=LONG_SIDE)
    words = [_looked_at(word, picture) for word in words_of(page, scale=scale)]
    found, rules = cells_of(_without_words(page), letters=False)
    found = [replace(cell, ink=has_ink(picture, cell.box, cell.fill)) for cell in found]
    cells = [Cell(box=cell.box, fill=cell.fill, ink=cell.ink) for cell in found]
    return arranged(picture.shape[1], picture.shape[0], cells, words, tuple(rules))


def _without_words(page: pdfium.PdfPage) -> Picture:
    """Only rules and fills: letters would hide short edges. The words must have been read
    before.
    """
    for thing in list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=1)):
        page.remove_obj(thing)
    return rendered(page, long_side=LONG_SIDE)[0]


def arranged(
    width: int, height: int, cells: list[Cell], words: list[Word], rules: tuple = ()
) -> Page:
    """Each word in the smallest cell that holds its middle, or outside all."""
    inside: dict[int, list[Word]] = {}
    outside: list[Word] = []
    by_size = sorted(range(len(cells)), key=lambda i: cells[i].box.width * cells[i].box.height)
    for word in words:
        for index in by_size:
            if cells[index].box.holds(word.box.x, word.box.y):
                inside.setdefault(index, []).append(word)
                break
        else:
            outside.append(word)
    filled = tuple(
        replace(cell, words=tuple(inside.get(index, ()))) for index, cell in enumerate(cells)
    )
    return Page(width=width, height=height, cells=filled, words=tuple(outside), rules=rules)


def _looked_at(word: Word, picture: Picture) -> Word:
    """A word of the layer that shows no ink is covered or invisible, and no evidence."""
    box = word.box
    crop = picture[
        max(0, int(box.y0)) : int(box.y1) + 1, max(0, int(box.x0)) : int(box.x1) + 1
    ].reshape(-1, 3)
    if not len(crop):
        return replace(word, seen=False)
    contrast = crop.max(axis=0).astype(int) - crop.min(axis=0)
    return word if contrast.max() >= 24 else replace(word, seen=False)
