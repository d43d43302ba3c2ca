"""Bytes and their kind -> what stands on the pages: all in one process, as benchmarks and tests
want it. In the workflow pages are prepared by one function and read by the next.
"""

from __future__ import annotations

from lambdas.documents.preprocessing.prepare import prepared
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.page import Reading
from lambdas.documents.reading.picture_pages import read_pictures
from lambdas.documents.reading.raster import pictures_of
from lambdas.documents.reading.text_pages import read_text_pdf


def read(data: bytes, kind: Kind) -> Reading:
    """Raises UnreadableError where a page is damaged."""
    if kind is Kind.TEXT_PDF:
        return read_text_pdf(data)
    return read_pictures(kind, (prepared(picture) for _, picture in pictures_of(data, kind)))
