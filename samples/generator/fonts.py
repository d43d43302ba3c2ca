"""The typefaces of the samples: small committed subsets under samples/fonts, registered on first
use.
"""

from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).resolve().parents[1] / "fonts"
DEVELOPMENT = ("office", "plain", "roman", "comic", "infant", "wide", "screen", "hand")
HELD_OUT = ("book", "web", "round", "slab")
ALL = DEVELOPMENT + HELD_OUT
HANDWRITTEN = frozenset({"hand"})


@cache
def register(family: str, bold: bool = False) -> str:
    """The name reportlab knows the face by. A family without a bold answers with its regular."""
    path = FOLDER / f"{family}-{'bold' if bold else 'regular'}.ttf"
    if not path.exists() and bold:
        return register(family)
    name = path.stem
    pdfmetrics.registerFont(TTFont(name, str(path)))
    return name


def width(text: str, face: str, size: float) -> float:
    return pdfmetrics.stringWidth(text, face, size)


def has_glyphs(text: str, face: str) -> bool:
    """Whether the face can print every letter of the text."""
    font: Any = pdfmetrics.getFont(face)
    return all(ord(letter) in font.face.charToGlyph for letter in text)
