"""Which part of a cell's text is the title: its first line, and what wrapped because it did not
fit.

A line belongs to the line above only if its first word would not have fitted there. In another
font it never
belongs to it. Where the arithmetic cannot tell, the answer is "not sure".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lambdas.documents.reading.lines import Line


@dataclass(frozen=True, slots=True)
class Title:
    text: str
    notes: str
    sure: bool
    lines: int = 0
    """How many lines of the cell the title (and what stands above it) takes."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What the cells of one table have in common."""

    margin: float
    """The narrowest margin any line leaves: the padding is at most that."""
    size: float
    """The usual size of first lines."""


@dataclass(frozen=True, slots=True)
class Room:
    """The width lines of a cell may take."""

    x0: float
    x1: float
    habits: Habits

    @property
    def width(self) -> float:
        return self.x1 - self.x0


def habits_of(cells: list[tuple[float, float, list[Line]]]) -> Habits:
    margins = [
        max(0.0, min(line.box.x0 - x0, x1 - line.box.x1))
        for x0, x1, lines in cells
        for line in lines
    ]
    sizes = sorted(lines[0].size for _, _, lines in cells if lines)
    return Habits(min(margins, default=0.0), sizes[len(sizes) // 2] if sizes else 0.0)


def title_of(lines: list[Line], texts: list[str], room: Room) -> Title:
    """`texts` are the lines' texts with printed times taken out; empty ones are skipped."""
    kept = [(line, text.strip()) for line, text in zip(lines, texts, strict=True) if text.strip()]
    skipped = next((i for i, text in enumerate(texts) if text.strip()), 0)
    if not kept:
        return Title("", "", sure=False)
    line, title = kept[0]
    sure = True
    taken = 1
    for below, text in kept[1:]:
        verdict = _wraps(line, below, room)
        if verdict is None:
            sure = False
        if not verdict:
            break
        title = f"{title} {text}"
        line = below
        taken += 1
    return Title(title, ", ".join(text for _, text in kept[taken:]), sure, skipped + taken)


def _wraps(line: Line, below: Line, room: Room) -> bool | None:
    """Whether `below` continues `line`; None where that cannot be told."""
    if line.style != below.style:
        return False
    needed = line.box.width + 0.25 * line.size + below.first_word_width
    left = line.box.x0 - room.x0
    left_aligned = abs(line.box.x0 - below.box.x0) < 0.15 * line.size and left < line.size
    # Lines that begin at one margin show the padding; centred ones only that it is no more than
    # the narrowest margin in the table, and no cell is padded by more than half a line.
    padding = left if left_aligned else min(room.habits.margin, 0.45 * line.size)
    left_over = room.width - 2 * padding - needed
    if left_over > 0.35 * line.size:
        return False
    same = _same_font(line, below, room.habits)
    if same is False or below.box.y0 - line.box.y1 > 0.8 * line.size:
        return False
    return None if same is None or left_over >= 0 or _looks_like_notes(below.text) else True


def _same_font(line: Line, below: Line, habits: Habits) -> bool | None:
    """A text layer knows its sizes; a picture's are measured, and now and then badly."""
    ratio = below.size / line.size
    if line.style:
        return 0.9 < ratio < 1.11
    if 0.94 < ratio < 1.065:
        return True
    return False if ratio < 0.85 and line.size < 1.12 * habits.size else None


def _looks_like_notes(text: str) -> bool:
    """A person, a room or initials: when it did not fit either, nobody can tell."""
    return bool(
        re.match(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Rm|Room|Lab|Studio|Hall|Gym|Set)\b", text)
        or re.fullmatch(r"[A-Z]{1,4}\d{0,3}|\d{1,3}", text)
    )
