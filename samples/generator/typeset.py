"""Setting type in an area: text that does not fit wraps, then shrinks, as a word processor's table
does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from samples.generator import fonts
from samples.generator.page import Area, Page, Text

LEADING = 1.2
SMALLEST = 6.0
# The share of the type size above the baseline of a capital; good enough for centring in all the
# faces used.
CAPITAL = 0.72


class TextTooLongError(ValueError):
    """Even at the smallest size the words do not fit: the layout is at fault, not the words."""


@dataclass(frozen=True)
class Piece:
    """Words of one style: their face, their size relative to the block's, their colour."""

    text: str
    face: str
    colour: str
    scale: float = 1.0
    breaks: tuple[str, ...] = ()
    """Where the words break if they must; default: between words."""


def _wrap(piece: Piece, size: float, width: float) -> list[str] | None:
    if fonts.width(piece.text, piece.face, size) <= width:
        return [piece.text]
    words = piece.breaks or tuple(piece.text.split())
    if any(fonts.width(word, piece.face, size) > width for word in words):
        return None
    if piece.breaks:
        return list(piece.breaks)
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if fonts.width(longer, piece.face, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _lay(pieces: Sequence[Piece], size: float, width: float) -> list[tuple[str, Piece]] | None:
    laid: list[tuple[str, Piece]] = []
    for piece in pieces:
        lines = _wrap(piece, size * piece.scale, width)
        if lines is None:
            return None
        laid.extend((line, piece) for line in lines)
    return laid


def set_text(
    page: Page,
    area: Area,
    pieces: Sequence[Piece],
    size: float,
    *,
    align: str = "centre",
    valign: str = "middle",
    angle: int = 0,
    mark: int = -1,
    leading: float = LEADING,
) -> float:
    """Sets the pieces under each other in the area; the size it took."""
    pieces = [piece for piece in pieces if piece.text]
    across, along = (area.w, area.h) if not angle else (area.h, area.w)
    while True:
        laid = _lay(pieces, size, across)
        if laid is not None:
            tall = sum(size * piece.scale * leading for _, piece in laid)
            if tall <= along:
                break
        size -= 0.25
        if size < SMALLEST:
            raise TextTooLongError(f"{[p.text for p in pieces]!r} in {area}")
    offset = {"top": 0.0, "middle": (along - tall) / 2, "bottom": along - tall}[valign]
    for line, piece in laid:
        kind = size * piece.scale
        wide = fonts.width(line, piece.face, kind)
        shift = {"left": 0.0, "centre": (across - wide) / 2, "right": across - wide}[align]
        baseline = offset + kind * (leading - CAPITAL) / 2 + kind * CAPITAL
        if angle:
            x, y = area.x + baseline, area.y + area.h - shift
        else:
            x, y = area.x + shift, area.y + baseline
        page.ink.append(Text(x, y, line, piece.face, kind, piece.colour, angle, mark))
        offset += kind * leading
    return size


def set_line(
    page: Page,
    x: float,
    y: float,
    text: str,
    face: str,
    size: float,
    colour: str,
    *,
    align: str = "left",
    mark: int = -1,
    room: float | None = None,
) -> float:
    """One line at a baseline, shrunk to `room` if given; its width."""
    while room is not None and size > SMALLEST and fonts.width(text, face, size) > room:
        size -= 0.25
    wide = fonts.width(text, face, size)
    start = {"left": x, "centre": x - wide / 2, "right": x - wide}[align]
    page.ink.append(Text(start, y, text, face, size, colour, 0, mark))
    return wide
