"""Bytes -> kind, from the content alone: names and declared types are never asked.

Everything is decided from headers before anything large is allocated. Refusals are sentences for
a teacher.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from lambdas.documents.reading.kinds import Kind, UnreadableError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 60_000_000
"""A 600 dpi scan of A4 has 35 million pixels; more than 60 million is not a page."""
MAX_SIDE = 20_000
MIN_SIDE = 200
"""Smaller pictures cannot hold a legible timetable."""
MAX_PAGES = 20

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"


def classify(data: bytes) -> Kind:
    """What the bytes are. Raises UnreadableError with the reason when they are nothing we read."""
    if not data:
        raise UnreadableError("The file is empty.")
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"The file is larger than {MAX_BYTES // 2**20} MB.")
    if data.startswith(PNG):
        return _png(data)
    if data.startswith(JPEG):
        return _jpeg(data)
    if b"%PDF-" in data[:1024]:
        return _pdf(data)
    raise UnreadableError(_what_else(data))


def _what_else(data: bytes) -> str:
    head = data[:512].lstrip().lower()
    accepted = "Please send a PDF, a PNG or a JPEG."
    if data[:4] == b"PK\x03\x04":
        return f"This is a zip archive or an Office document, not a PDF or a picture. {accepted}"
    if b"<svg" in head or head.startswith(b"<?xml"):
        return f"This is an SVG drawing, which is not read. {accepted}"
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return f"This is a HEIC photo, which is not read. {accepted}"
    if data[:6] in (b"GIF87a", b"GIF89a") or data[:2] == b"BM" or data[:4] in (b"II*\0", b"MM\0*"):
        return f"This kind of picture is not read. {accepted}"
    return f"This is neither a PDF nor a picture. {accepted}"


def check_size(width: int, height: int) -> None:
    """Refuses a picture by the size its header claims."""
    if width < MIN_SIDE or height < MIN_SIDE:
        raise UnreadableError(
            f"The picture is only {width} x {height} pixels; a timetable cannot be read from it."
        )
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise UnreadableError(
            f"The picture claims {width} x {height} pixels, more than any page needs. "
            "Please send a smaller one."
        )


def _png(data: bytes) -> Kind:
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise UnreadableError("The PNG is damaged: its header is incomplete.")
    width, height = struct.unpack(">II", data[16:24])
    check_size(width, height)
    if not _png_is_whole(data):
        raise UnreadableError("The PNG is cut off or damaged. Please send it again.")
    return Kind.PICTURE


def _png_is_whole(data: bytes) -> bool:
    """Every chunk is there up to IEND, and each has the checksum it claims."""
    at = len(PNG)
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        end = at + 12 + length
        if end > len(data):
            return False
        body = memoryview(data)[at + 4 : end - 4]
        if zlib.crc32(body) != struct.unpack(">I", data[end - 4 : end])[0]:
            return False
        if bytes(body[:4]) == b"IEND":
            return True
        at = end
    return False


def _jpeg(data: bytes) -> Kind:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=["JPEG"]) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableError("The JPEG is damaged. Please send it again.") from error
    check_size(width, height)
    if b"\xff\xd9" not in data[-4096:]:
        raise UnreadableError("The JPEG is cut off. Please send it again.")
    return Kind.PHOTO


def _pdf(data: bytes) -> Kind:
    from lambdas.documents.reading.pdf import opened

    with opened(data) as document:
        pages = len(document)
        if pages == 0:
            raise UnreadableError("The PDF has no pages.")
        if pages > MAX_PAGES:
            raise UnreadableError(
                f"The PDF has {pages} pages; at most {MAX_PAGES} are read. "
                "Please send only the pages with the timetable."
            )
        for number in range(pages):
            page = document[number]
            _check_page(*page.get_size(), number)
            if not _has_own_text(page):
                return Kind.SCAN_PDF
    return Kind.TEXT_PDF


def _check_page(width: float, height: float, number: int) -> None:
    if not (72 <= width <= 5000 and 72 <= height <= 5000):
        raise UnreadableError(
            f"Page {number + 1} of the PDF measures {width / 72:.1f} x {height / 72:.1f} inches; "
            "such a page is not read."
        )


def _has_own_text(page: object) -> bool:
    """A text layer that is the page itself, not one laid over a scan."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    assert isinstance(page, pdfium.PdfPage)
    width, height = page.get_size()
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = thing.get_bounds()
        if (right - left) * (top - bottom) > 0.4 * width * height:
            return False
    return page.get_textpage().count_chars() >= 20
