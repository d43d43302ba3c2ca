"""Opens a PDF safely: damaged and encrypted ones become refusals, and what was opened is closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium

from lambdas.documents.reading.kinds import UnreadableError


@contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError(
                "The PDF is protected by a password. Please save it without one and send it again."
            ) from error
        raise UnreadableError("The PDF is damaged and cannot be opened.") from error
    try:
        yield document
    except pdfium.PdfiumError as error:
        raise UnreadableError("A page of the PDF is damaged and cannot be opened.") from error
    finally:
        document.close()
