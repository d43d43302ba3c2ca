"""Bytes and their kind -> what stands on the pages."""

from __future__ import annotations

from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.page import Reading


def read(data: bytes, kind: Kind) -> Reading:
    """Each kind loads only what it needs: a text PDF never starts Tesseract."""
    if kind is Kind.TEXT_PDF:
        from lambdas.documents.reading.text_pages import read_text_pdf

        return read_text_pdf(data)
    from lambdas.documents.reading.picture_pages import read_pictures

    return read_pictures(data, kind)
