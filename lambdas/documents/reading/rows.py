"""Lists as rows: lines of the page, each in pieces, each piece in the column whose heading it
stands under.
"""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.reading.headings import role_of
from lambdas.documents.reading.lines import Line, chunks_of
from lambdas.documents.reading.page import Page


@dataclass(frozen=True, slots=True)
class Heading:
    role: str
    line: Line


@dataclass(slots=True)
class Row:
    y: float
    pieces: list[Line]

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)

    @property
    def size(self) -> float:
        return max(piece.size for piece in self.pieces)


def rows_of(page: Page) -> list[Row]:
    words = [*page.words, *(word for cell in page.cells for word in cell.words)]
    pieces = chunks_of([word for word in words if word.turn == 0])
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda p: p.box.y):
        if rows and abs(piece.box.y - rows[-1].y) < 0.45 * piece.size:
            rows[-1].pieces.append(piece)
        else:
            rows.append(Row(piece.box.y, [piece]))
    for row in rows:
        row.pieces.sort(key=lambda p: p.box.x0)
    return rows


def headings_of(row: Row) -> list[Heading] | None:
    """The row as column headings: times and what happens must be among them."""
    roles = [role_of(piece.text) for piece in row.pieces]
    if len(roles) < 2 or sum(role is None for role in roles) > 0:
        return None
    found = [Heading(role, piece) for role, piece in zip(roles, row.pieces, strict=True) if role]
    if "title" not in roles:
        found = [Heading("title" if h.role == "class" else h.role, h.line) for h in found]
    names = {heading.role for heading in found}
    timed = "time" in names or {"start", "end"} <= names
    return found if timed and "title" in names else None


def placed(row: Row, headings: list[Heading]) -> dict[str, str] | None:
    """Each piece under one heading; None when one stands under none."""
    out: dict[str, str] = {}
    for piece in row.pieces:
        near = [h for h in headings if _under(piece, h.line)]
        if len(near) != 1:
            near = [h for h in near if _under(piece, h.line, strict=True)]
        if len(near) != 1:
            return None
        role = near[0].role
        out[role] = f"{out[role]}, {piece.text}" if role in out else piece.text
    return out


def _under(piece: Line, heading: Line, *, strict: bool = False) -> bool:
    reach = (0.25 if strict else 0.6) * min(piece.size, heading.size)
    one, other = piece.box, heading.box
    return (
        abs(one.x0 - other.x0) < reach
        or abs(one.x - other.x) < reach
        or abs(one.x1 - other.x1) < reach
    )
