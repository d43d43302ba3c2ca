"""Step two, for pages that are pictures: each made ready to be read, where that helps."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.model.errors import DocumentGoneError
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects
from lambdas.documents.ports.sheets import PreparedSheets
from lambdas.documents.preprocessing.prepare import prepared
from lambdas.documents.preprocessing.sheets import Sheet, Sheets
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.raster import pictures_of


@dataclass(frozen=True, slots=True)
class Preprocessed:
    key: str
    """Where the list of the pages lies."""
    pages: int
    changed: int
    """Pages something was done to; the others are read as they came."""


def preprocess(
    run: Run, kind: Kind, *, limit: int, objects: Objects, sheets: PreparedSheets
) -> Preprocessed:
    """Raises UnreadableError where a page is damaged. One page is in memory at a time."""
    data = objects.read(run.key, limit=limit)
    if data is None:
        raise DocumentGoneError(f"the upload of document {run.document} was deleted")
    pages: list[Sheet] = []
    for number, picture in pictures_of(data, kind):
        ready = prepared(picture)
        pages.append(
            Sheet(
                number=number,
                key=None if ready.drawn else sheets.keep_picture(run, number, ready.picture),
                drawn=ready.drawn,
                on_its_side=ready.on_its_side,
                steps=ready.steps,
            )
        )
    found = Sheets(tuple(pages))
    return Preprocessed(sheets.keep(run, found), len(pages), len(pages) - len(found.originals))
