"""Pages as the model sees them: small JPEGs in grey, from an upload or a prepared page."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageOps

from lambdas.documents.reading.classify import MAX_PIXELS
from lambdas.documents.reading.kinds import Kind, UnreadableError
from lambdas.documents.reading.pdf import opened

LONG_SIDE = 1_568
"""Pixels. The service makes larger pictures smaller, and charges for them first."""
MOST_PAGES = 4
"""A timetable with more goes to a person: each page is money."""
QUALITY = 85
MEDIA_TYPE = "image/jpeg"


def pages_of(data: bytes, kind: Kind) -> Iterator[str]:
    """The pages of an upload, as base64. Raises UnreadableError where one is damaged."""
    if kind in (Kind.TEXT_PDF, Kind.SCAN_PDF):
        with opened(data) as document:
            for number in range(min(len(document), MOST_PAGES)):
                page = document[number]
                yield encoded(page.render(scale=LONG_SIDE / max(page.get_size())).to_pil())
        return
    yield encoded(_decoded(data))


def page_of(data: bytes) -> str:
    """A prepared page, as base64."""
    return encoded(_decoded(data))


def encoded(image: Image.Image) -> str:
    grey = image.convert("L")
    grey.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    out = BytesIO()
    grey.save(out, "JPEG", quality=QUALITY)
    return base64.b64encode(out.getvalue()).decode()


def _decoded(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=["PNG", "JPEG"]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableError("The picture has too many pixels.")
            image.draft("L", (LONG_SIDE, LONG_SIDE))
            image.load()
            upright = ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableError("The picture is damaged and cannot be opened.") from error
    if upright.mode in ("RGBA", "LA", "P"):
        upright = upright.convert("RGBA")
        paper = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(paper, upright)
    return upright
