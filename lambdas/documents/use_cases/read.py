"""Step three: what stands on the pages?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lambdas.documents.model.errors import DocumentGoneError
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects
from lambdas.documents.ports.readings import Readings
from lambdas.documents.ports.sheets import PreparedSheets
from lambdas.documents.preprocessing.pictures import Picture
from lambdas.documents.preprocessing.prepared import Prepared
from lambdas.documents.preprocessing.sheets import Sheets
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.page import Reading
from lambdas.documents.reading.raster import pictures_of
from lambdas.documents.reading.text_pages import read_text_pdf

ReadPictures = Callable[[Kind, Iterable[Prepared]], Reading]
"""Who reads the words of prepared pages."""


def read(
    run: Run,
    kind: Kind,
    *,
    limit: int,
    objects: Objects,
    sheets: PreparedSheets,
    readings: Readings,
    read_pictures: ReadPictures,
) -> tuple[Reading, str]:
    """The reading, and where it was put. Raises UnreadableError where the pages show nothing.

    A PDF with its own text is read as it came; of every other kind the prepared pages are.
    """
    if kind is Kind.TEXT_PDF:
        reading = read_text_pdf(_upload(run, limit, objects))
    else:
        found = sheets.get(run)
        if found is None:
            raise DocumentGoneError(f"the pages of document {run.document} were deleted")
        data = _upload(run, limit, objects) if found.originals else b""
        reading = read_pictures(kind, _prepared(run, found, data, kind, sheets))
    return reading, readings.keep(run, reading)


def _upload(run: Run, limit: int, objects: Objects) -> bytes:
    data = objects.read(run.key, limit=limit)
    if data is None:
        raise DocumentGoneError(f"the upload of document {run.document} was deleted")
    return data


def _prepared(
    run: Run, found: Sheets, data: bytes, kind: Kind, sheets: PreparedSheets
) -> Iterator[Prepared]:
    """The pages in their order, one in memory at a time; clean ones from the upload itself."""
    originals = pictures_of(data, kind, wanted=found.originals)
    for page in found.pages:
        picture: Picture | None
        if page.key is None:
            _, picture = next(originals)
        else:
            picture = sheets.picture(page.key)
        if picture is None:
            raise DocumentGoneError(f"a page of document {run.document} was deleted")
        yield Prepared(picture, drawn=page.drawn, steps=page.steps, on_its_side=page.on_its_side)
