"""What preprocessing left of a document's pages: a list that travels as JSON, and PNG files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from lambdas.documents.preprocessing.pictures import Picture

FAST = 1
"""PNG's own packing, as quick as it comes: a noisy page gets a tenth smaller for ten times the
time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page."""

    number: int
    """From 1."""
    key: str | None
    """Where its picture lies; None where the page was clean and the upload itself is read."""
    drawn: bool
    on_its_side: bool
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheets:
    """All pages of a document, in their order."""

    pages: tuple[Sheet, ...]

    @property
    def originals(self) -> frozenset[int]:
        """The numbers of the pages that are read from the upload."""
        return frozenset(page.number for page in self.pages if page.key is None)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Sheets:
        return cls(
            tuple(
                Sheet(**{**page, "steps": tuple(page["steps"])})
                for page in json.loads(text)["pages"]
            )
        )


def png_of(picture: Picture) -> bytes:
    out = BytesIO()
    Image.fromarray(picture).save(out, "PNG", compress_level=FAST)
    return out.getvalue()


def picture_of(png: bytes) -> Picture:
    """Of a file that `png_of` made."""
    with Image.open(BytesIO(png), formats=["PNG"]) as image:
        return np.asarray(image.convert("RGB"))
