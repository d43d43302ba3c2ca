"""Pages whose words somebody else reads: the cells are found here, the words come from there.

No second look is taken, so each word is as sure as its reader says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from lambdas.documents.preprocessing.prepared import Prepared
from lambdas.documents.reading.cells import Picture, cells_of
from lambdas.documents.reading.classify import MIN_SIDE
from lambdas.documents.reading.flat import flattened, flattened_scan
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.page import Box, Cell, Page, Reading, Word
from lambdas.documents.reading.scan import cells_of_scan
from lambdas.documents.reading.text_pages import arranged

NOISE = 110
"""Differences from the paper up to half of this are no ink in a scan."""
FEWEST = 8
"""Dark pixels that are ink."""
RIM = 4
"""Pixels of a cell that may be its border's."""

Words = Callable[[Picture], list[Word]]
"""The words of a picture, in its pixels; `turn` 180 where they stand on their heads."""


def read_elsewhere(kind: Kind, sheets: Iterable[Prepared], words: Words) -> Reading:
    """What stands on the pages, in their order; one that cannot be looked at is a remark."""
    pages: list[Page] = []
    steps: list[str] = []
    remarks: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        done = sheet.steps
        height, width = sheet.picture.shape[:2]
        if min(height, width) < MIN_SIDE:
            remarks.append(f"Page {number} is too narrow to be read.")
            pages.append(Page(width, height, cells=(), words=()))
        else:
            page, turned = _page(sheet, words(sheet.picture))
            pages.append(page)
            done = (*done, "turned by 180 degrees") if turned else done
        steps += [f"page {number}: {step}" for step in done]
    return Reading(kind.value, "ocr", tuple(pages), tuple(remarks), tuple(steps))


def _page(sheet: Prepared, words: list[Word]) -> tuple[Page, bool]:
    picture = sheet.picture
    height, width = picture.shape[:2]
    turned = sum(word.turn == 180 for word in words) * 2 > len(words)
    if turned:
        picture = np.ascontiguousarray(np.rot90(picture, 2))
        words = [_turned(word, width, height) for word in words]
    found, rules = cells_of(picture) if sheet.drawn else cells_of_scan(picture)
    flat = flattened(picture, found) if sheet.drawn else flattened_scan(picture, found, floor=NOISE)
    cells = [Cell(box=cell.box, fill=cell.fill, ink=_is_inked(flat, cell.box)) for cell in found]
    page = arranged(width, height, cells, words, tuple(rules))
    return (replace(page, turn=180) if turned else page), turned


def _turned(word: Word, width: int, height: int) -> Word:
    box = word.box
    turned = Box(width - box.x1, height - box.y1, width - box.x0, height - box.y0)
    return replace(word, box=turned, turn=(word.turn + 180) % 360)


def _is_inked(flat: np.ndarray, box: Box) -> bool:
    inside = flat[int(box.y0) + RIM : int(box.y1) - RIM, int(box.x0) + RIM : int(box.x1) - RIM]
    return int((inside < 128).sum()) >= FEWEST
