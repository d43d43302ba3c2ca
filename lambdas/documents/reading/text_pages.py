"""A PDF with its own text: words from the layer, cells from the rendered page, and a look
whether each word is seen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from lambdas.documents.reading.agree import disputed
from lambdas.documents.reading.cells import Picture, cells_of, has_ink
from lambdas.documents.reading.cut_off import cut_sides
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.page import Cell, Page, Reading, Word
from lambdas.documents.reading.pdf import opened
from lambdas.documents.reading.raster import rendered
from lambdas.documents.reading.seen import seen_words
from lambdas.documents.reading.text_layer import words_of

LONG_SIDE = 1684
"""A4 at 144 dpi: hairlines are still a pixel wide."""
MOST_FORMS = 5
"""Forms in one another; words in deeper ones count as drawn."""


def read_text_pdf(data: bytes) -> Reading:
    with opened(data) as document:
        pages = tuple(_page(document[number]) for number in range(len(document)))
    return Reading(kind=Kind.TEXT_PDF.value, route="text", pages=pages)


def _page(page: pdfium.PdfPage) -> Page:
    picture, scale = rendered(page, long_side=LONG_SIDE)
    words = words_of(page, scale=scale)
    bare = _without_words(page)
    words = seen_words(words, picture, bare)
    found, rules = cells_of(bare, letters=False)
    cells = [
        Cell(box=cell.box, fill=cell.fill, ink=has_ink(picture, cell.box, cell.fill))
        for cell in found
    ]
    filled = arranged(picture.shape[1], picture.shape[0], cells, words, tuple(rules))
    drawn = {cell.box for cell in found if cell.ink}  # and that without any words
    cells_read = tuple(
        disputed(cell) if cell.words and cell.box in drawn else cell for cell in filled.cells
    )
    cut = cut_sides(bare, [cell.box for cell in found if cell.is_small(picture)])
    return replace(filled, cells=cells_read, cut=cut)


def _without_words(page: pdfium.PdfPage) -> Picture:
    """Only rules and fills: letters would hide short edges. The words must have been read
    before.
    """
    for thing in list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=1)):
        page.remove_obj(thing)
    for form in page.get_objects(filter=[raw.FPDF_PAGEOBJ_FORM], max_depth=1):
        _empty_of_words(form.raw, depth=1)
    return rendered(page, long_side=LONG_SIDE)[0]


def _empty_of_words(form: Any, *, depth: int) -> None:
    """Some programs keep turned or half-transparent words in forms, and forms in forms."""
    for index in reversed(range(raw.FPDFFormObj_CountObjects(form))):
        thing = raw.FPDFFormObj_GetObject(form, index)
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_TEXT and raw.FPDFFormObj_RemoveObject(form, thing):
            raw.FPDFPageObj_Destroy(thing)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MOST_FORMS:
            _empty_of_words(thing, depth=depth + 1)


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
