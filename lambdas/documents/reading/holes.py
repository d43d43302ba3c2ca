"""Empty slots of a grid. An erased lesson looks like a free one, so an empty slot must be
explained to be believed.

It is explained when its time is empty too, when the whole row is, or when every empty cell has a
fill that no
lesson has (a grey free period among white lessons). Anything else is a doubt: the person knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lambdas.documents.reading.entries import day_name
from lambdas.documents.reading.evidence import Doubt, Place
from lambdas.documents.reading.frame import Item
from lambdas.documents.reading.periods import Period
from lambdas.documents.reading.times import text_of


@dataclass(slots=True)
class Slot:
    day: int
    index: int
    period: Period
    cells: list[Item] = field(default_factory=list)

    @property
    def spot(self) -> Place:
        return Place(
            day=self.day,
            start=self.period.start,
            row=self.period.label or None,
            box=self.cells[0].on_page if self.cells else None,
        )

    @property
    def place(self) -> str:
        start = self.period.start
        label = f" ({self.period.label})" if self.period.label else ""
        return f"{day_name(self.day)} {text_of(start) if start is not None else '?'}{label}"


def hole_doubts(slots: list[Slot], body: list[Item]) -> Iterator[Doubt]:
    empty: list[Slot] = []
    for slot in slots:
        filled = [cell for cell in slot.cells if cell.lines]
        if len(filled) > 1:
            yield Doubt("slot-twice", f"{slot.place}: two cells cover the same time.", slot.spot)
        elif not filled and slot.period.timed:
            empty.append(slot)
        elif not filled:
            continue
        elif len(slot.cells) > 1:
            words = f"{slot.place}: an empty cell lies over {filled[0].text!r}."
            yield Doubt("slot-twice", words, slot.spot)
    rows_in_use = {slot.index for slot in slots if any(cell.lines for cell in slot.cells)}
    holes = [slot for slot in empty if slot.index in rows_in_use]
    if holes and _marked_by_fill(holes, body):
        return
    for slot in holes:
        yield Doubt("hole", f"{slot.place} is empty. Is that a free period?", slot.spot)
    for index in sorted({slot.index for slot in empty} - rows_in_use):
        slot = next(s for s in empty if s.index == index)
        yield Doubt("hole", f"The row of {slot.place} is empty on every day.", slot.spot)


def _marked_by_fill(holes: list[Slot], body: list[Item]) -> bool:
    """All empty cells share a fill, and no cell with text has it."""
    cells = [cell for slot in holes for cell in slot.cells]
    if len(cells) < len(holes) or len(holes) < 2:
        return False
    fills = {cell.cell.fill for cell in cells if cell.cell is not None}
    used = {cell.cell.fill for cell in body if cell.lines and cell.cell is not None}
    return len(fills) == 1 and not any(_alike(fill, other) for fill in fills for other in used)


def _alike(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 12
