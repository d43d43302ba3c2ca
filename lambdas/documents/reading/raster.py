"""The pages of a document as pictures, one at a time: a decoded image, or a rendered PDF page."""

from __future__ import annotations

from collections.abc import Container, Iterator
from io import BytesIO

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lambdas.documents.reading.cells import Picture
from lambdas.documents.reading.classify import MAX_PIXELS
from lambdas.documents.reading.kinds import Kind, UnreadableError
from lambdas.documents.reading.pdf import opened

LONG_SIDE = 2400
"""Pixels: A4 at 205 dpi."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def pictures_of(
    data: bytes, kind: Kind, *, wanted: Container[int] | None = None
) -> Iterator[tuple[int, Picture]]:
    """Each page's number, from 1, and its picture. Raises UnreadableError where it is damaged.

    `wanted`: the numbers of the pages to draw; all of them without it.
    """
    if kind is not Kind.SCAN_PDF:
        if wanted is None or 1 in wanted:
            yield 1, _decoded(data)
        return
    with opened(data) as document:
        for number in range(1, len(document) + 1):
            if wanted is None or number in wanted:
                yield number, rendered(document[number - 1], long_side=LONG_SIDE)[0]


def rendered(page: pdfium.PdfPage, *, long_side: int) -> tuple[Picture, float]:
    """The page as RGB, and the scale used; bounded whatever the page claims to measure."""
    scale = long_side / max(page.get_size())
    bitmap = page.render(scale=scale, rev_byteorder=True)
    picture: NDArray[np.uint8] = bitmap.to_numpy()
    if picture.ndim == 2:
        picture = picture[:, :, None]
    if picture.shape[2] == 1:
        picture = np.repeat(picture, 3, axis=2)
    return np.ascontiguousarray(picture[:, :, :3]), scale


def _decoded(data: bytes) -> Picture:
    try:
        with Image.open(BytesIO(data), formats=["PNG", "JPEG"]) as image:
            # A JPEG is decoded at a fraction of its size where that is enough.
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))
            image.load()
            upright = ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableError("The picture is damaged and cannot be opened.") from error
    if upright.mode in ("RGBA", "LA", "P"):
        upright = upright.convert("RGBA")
        paper = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(paper, upright)
    upright = upright.convert("RGB")
    longest = max(upright.size)
    if longest > 2 * LONG_SIDE:
        upright.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return np.asarray(upright)
