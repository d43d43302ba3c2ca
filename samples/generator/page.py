"""A page as a list of marks, before it is ink.

Damage works on this list, so it knows which words are a day's name, a time or a cell, and what
they were.
Units are points, the origin is the top left corner, y grows downwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

A4_PORTRAIT = (595.0, 842.0)
A4_LANDSCAPE = (842.0, 595.0)


@dataclass(frozen=True)
class Block:
    """One lesson, as the truth has it. Times are minutes since midnight."""

    day: str
    start: int
    end: int
    title: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Area:
    """A rectangle."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, dx: float, dy: float | None = None) -> "Area":
        dy = dx if dy is None else dy
        return Area(self.x + dx, self.y + dy, self.w - 2 * dx, self.h - 2 * dy)


@dataclass(frozen=True)
class Mark:
    """What an area of the page says: role is cell, time, day, period, title, key or note."""

    role: str
    area: Area
    blocks: tuple[Block, ...] = ()
    missed: bool = True
    """Whether a reader can see that something is gone when this is erased."""


@dataclass
class Text:
    """One line of type; x, y is the start of its baseline. Angle 90 reads upwards."""

    x: float
    y: float
    text: str
    face: str
    size: float
    colour: str
    angle: int = 0
    mark: int = -1


@dataclass
class Shape:
    """A filled and/or outlined rectangle."""

    area: Area
    fill: str | None = None
    line: str | None = None
    width: float = 0.7
    radius: float = 0.0
    mark: int = -1


@dataclass
class Rule:
    """A straight line."""

    x0: float
    y0: float
    x1: float
    y1: float
    colour: str
    width: float = 0.7
    dash: tuple[float, ...] = ()
    mark: int = -1


Ink = Text | Shape | Rule


@dataclass
class Page:
    """One sheet: its size, its ink in drawing order, and what the ink means."""

    size: tuple[float, float]
    paper: str = "#ffffff"
    ink: list[Ink] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def width(self) -> float:
        return self.size[0]

    @property
    def height(self) -> float:
        return self.size[1]

    def mark(
        self, role: str, area: Area, blocks: Sequence[Block] = (), *, missed: bool = True
    ) -> int:
        self.marks.append(Mark(role, area, tuple(blocks), missed))
        return len(self.marks) - 1


@dataclass
class Drawing:
    """What a layout family hands back: the pages and what a person reads from them."""

    pages: list[Page]
    title: str
    blocks: list[Block]
    layout: tuple[str, ...]
    difficulty: str
