"""Pictures and scans: find the cells, flatten the page, read it whole, and read every piece
again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PIL import Image

from lambdas.documents.preprocessing.labels import regions_of
from lambdas.documents.preprocessing.prepared import Prepared, on_its_feet
from lambdas.documents.reading.cells import Found, Picture, cells_of
from lambdas.documents.reading.classify import MIN_SIDE
from lambdas.documents.reading.cut_off import cut_sides
from lambdas.documents.reading.flat import Grey, flattened, flattened_scan
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.ocr import LINE, SPARSE, forget_pieces, words_in
from lambdas.documents.reading.page import Box, Cell, Page, Reading, Word
from lambdas.documents.reading.pieces import (
    STAIN,
    cut_out,
    on_page,
    page_scale,
    read_cell,
    read_chunks,
)
from lambdas.documents.reading.scan import cells_of_scan
from lambdas.documents.reading.text_pages import arranged

NOISE = 110
"""Differences from the paper up to half of this are no ink in a scan."""
NOISY_SHARE = 0.82
"""70 of 100, where words begin to be believed, takes 86 on a noisy page."""
LEGIBLE = 0.4
"""Of the letters: where fewer stand in words read surely, the page may lie the wrong way up."""

EVERY_WAY = (0, 90, 180, 270)
BLANK = 60
"""The darkest beside the brightest place of a page that holds nothing, of 255."""


def read_pictures(kind: Kind, sheets: Iterable[Prepared]) -> Reading:
    """What stands on the pages, in their order; one that cannot be looked at is a remark."""
    pages: list[Page] = []
    steps: list[str] = []
    remarks: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        try:
            page, done = _page(sheet)
        finally:
            forget_pieces()
        pages.append(page or Page(*reversed(sheet.picture.shape[:2]), cells=(), words=()))
        steps += [f"page {number}: {step}" for step in done]
        if page is None:
            remarks.append(f"Page {number} is too dark, too busy or too narrow to be read.")
    return Reading(
        kind=kind.value,
        route="ocr",
        pages=tuple(pages),
        remarks=tuple(remarks),
        prepared=tuple(steps),
    )


def _page(sheet: Prepared) -> tuple[Page | None, tuple[str, ...]]:
    """What stands on the page (None where it was not read), and what was done to its picture
    before.
    """
    if min(sheet.picture.shape[:2]) < MIN_SIDE:
        return None, sheet.steps
    if sheet.on_its_side:
        sheet = on_its_feet(sheet, legible_letters, ways=EVERY_WAY) or sheet
    page = _read(sheet)
    if page is not None and _shows_nothing(page) and not _is_blank(sheet.picture):
        return None, sheet.steps
    if page is not None and not sheet.on_its_side and _share_legible(page) < LEGIBLE:
        turned = on_its_feet(sheet, legible_letters)
        if turned is not None:
            return _read(turned), turned.steps
    return page, sheet.steps


def _shows_nothing(page: Page) -> bool:
    return not page.words and not any(cell.ink for cell in page.cells)


def _is_blank(picture: Picture) -> bool:
    """One colour, but for noise and what is left of shadows."""
    return int(np.ptp(picture[::4, ::4])) < BLANK


def legible_letters(piece: Image.Image) -> float:
    """How many letters of a piece stand in words that were read surely; wrong way up, hardly
    any.
    """
    return sum(
        len(word.text) * word.sure / 100
        for word in words_in(piece, SPARSE)
        if word.sure >= 60 and sum(char.isalnum() for char in word.text) >= 3
    )


def _share_legible(page: Page) -> float:
    words = [word for held in (page.words, *(c.words for c in page.cells)) for word in held]
    letters = sum(len(word.text) for word in words)
    return sum(len(word.text) for word in words if word.sure >= 50) / max(letters, 1)


def _read(ready: Prepared) -> Page | None:
    picture = ready.picture
    if ready.drawn:
        found, rules = cells_of(picture)
        flat = flattened(picture, found)
    else:
        found, rules = cells_of_scan(picture)
        flat = flattened_scan(picture, found, floor=NOISE)
    if not _is_writing(flat):
        return None
    whole = Image.fromarray(flat)
    seen = on_page(words_in(whole, SPARSE, scale=page_scale(flat)))
    cells = [Cell(box=cell.box, fill=cell.fill, ink=cell.ink) for cell in found]
    seen += _overlooked(flat, seen, found)
    page = arranged(flat.shape[1], flat.shape[0], cells, seen, tuple(rules))
    page = replace(
        page,
        cells=tuple(
            read_cell(cell, flat) if cell.ink else replace(cell, words=()) for cell in page.cells
        ),
        words=tuple(read_chunks(page.words, flat)),
        turn=ready.turn,
        cut=cut_sides(picture, [cell.box for cell in found if cell.is_small(flat)]),
    )
    return page if ready.drawn else _less_sure(page)


def _less_sure(page: Page) -> Page:
    """On a noisy page Tesseract is surer than it should be."""

    def less(words: tuple[Word, ...]) -> tuple[Word, ...]:
        return tuple(replace(word, sure=word.sure * NOISY_SHARE) for word in words)

    cells = tuple(replace(cell, words=less(cell.words)) for cell in page.cells)
    return replace(page, cells=cells, words=less(page.words))


def _is_writing(flat: Grey) -> bool:
    """A page of words is mostly white; patterns would keep Tesseract for minutes."""
    dark = flat < 128
    changes = np.count_nonzero(dark[:, 1:] != dark[:, :-1]) / dark.size
    return bool(dark.mean() < 0.35 and changes < 0.1)


def _overlooked(flat: Grey, words: list[Word], cells: list[Found]) -> list[Word]:
    """Short words (RE, Art) that the reading of the whole page passed over, outside the cells."""
    rest = flat < 128
    known = [word.box for word in words] + [c.box for c in cells if c.is_small(flat)]
    for box in known:
        rest[
            max(0, int(box.y0) - 4) : int(box.y1) + 5, max(0, int(box.x0) - 4) : int(box.x1) + 5
        ] = 0
    step = 8
    height, width = (side // step * step for side in flat.shape)
    blocks = rest[:height, :width].reshape(height // step, step, width // step, step)
    coarse = np.asarray(blocks.any(axis=(1, 3)))
    sizes = sorted(word.box.height for word in words)
    usual = sizes[len(sizes) // 2] if sizes else 20.0
    out: list[Word] = []
    for region in regions_of(coarse):
        if len(out) >= 40:
            break
        box = Box(*(side * step * 1.0 for side in (region.x0, region.y0, region.x1, region.y1)))
        if min(box.width, box.height) < 0.6 * usual:
            continue
        if box.height > 4 * usual or box.width > 8 * usual:
            out.append(Word(STAIN, box, size=usual, sure=0.0))
            continue
        piece, dx, dy = cut_out(flat, box)
        # No later look has this size.
        found = on_page(words_in(piece, LINE, scale=2.6), dx, dy)
        out.extend(found or [Word(STAIN, box, size=usual, sure=0.0)])
    return out
