"""What was seen on the pages: words, cells, rules. Plain data that travels as JSON from `read`
to `interpret`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """In pixels of the page as it was read; y grows downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def x(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        return (self.y0 + self.y1) / 2

    def transposed(self) -> Box:
        return Box(self.y0, self.x0, self.y1, self.x1)

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


def around(boxes: list[Box]) -> Box:
    return Box(
        min(b.x0 for b in boxes),
        min(b.y0 for b in boxes),
        max(b.x1 for b in boxes),
        max(b.y1 for b in boxes),
    )


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    box: Box
    size: float
    """Height of the font (text layer) or of the line (picture), in pixels."""
    style: str = ""
    """Font and colour in a text layer; empty in a picture."""
    turn: int = 0
    """0 upright, 90 read upwards, 270 read downwards."""
    sure: float = 100.0
    """What the reader says of the word, 0-100; a text layer is sure of its words."""
    seen: bool = True
    """False where a text layer says a word and the page shows no ink."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle of free space between rules or fills, and what stands in it."""

    box: Box
    fill: tuple[int, int, int]
    words: tuple[Word, ...] = ()
    ink: bool = False
    """Something is drawn in the cell (also where no word was read)."""
    readings: int = 1
    """How many independent readings agreed on the words; 0 when none did."""
    others: tuple[str, ...] = ()
    """What the readings that did not agree said."""


@dataclass(frozen=True, slots=True)
class Page:
    width: int
    height: int
    cells: tuple[Cell, ...]
    words: tuple[Word, ...]
    """Outside all cells."""
    rules: tuple[Box, ...] = ()
    """Long horizontal edges, for lists that have no other lines."""
    turn: int = 0
    """Degrees, counter-clockwise, by which that page was turned to be read."""
    cut: tuple[str, ...] = ()
    """The sides on which its table goes on beyond what is shown."""

    def shown(self, box: Box) -> tuple[float, float, float, float]:
        """Left, top, right, bottom as parts (0-1) of the page people are shown."""
        x0, y0, x1, y1 = (
            box.x0 / self.width,
            box.y0 / self.height,
            box.x1 / self.width,
            box.y1 / self.height,
        )
        for _ in range(self.turn // 90):
            # Back by a quarter: what was the upper edge becomes the right one.
            x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
        return round(x0, 4), round(y0, 4), round(x1, 4), round(y1, 4)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that `interpret` needs: it never sees the document."""

    kind: str
    route: str
    """ "text" (the document's own text layer) or "ocr"."""
    pages: tuple[Page, ...]
    remarks: tuple[str, ...] = field(default=())
    """What could not be read, in words; each is a doubt."""
    prepared: tuple[str, ...] = field(default=())
    """What was done to the pictures before they were read; no doubts."""

    @property
    def words(self) -> tuple[Word, ...]:
        """All of them, inside cells and outside."""
        return tuple(
            word
            for page in self.pages
            for held in (page.words, *(cell.words for cell in page.cells))
            for word in held
        )

    @property
    def confidence(self) -> float:
        """How surely the words were read, 0-100, longer ones counting more; 0 without words. It
        decides nothing: what a document is completed by is earned in `interpret`.
        """
        letters = sum(len(word.text) for word in self.words)
        sure = sum(len(word.text) * word.sure for word in self.words)
        return round(sure / letters, 1) if letters else 0.0

    def to_json(self) -> str:
        return json.dumps(_rounded(asdict(self)), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Reading:
        data = json.loads(text)
        return cls(
            kind=data["kind"],
            route=data["route"],
            pages=tuple(_page(page) for page in data["pages"]),
            remarks=tuple(data["remarks"]),
            # Readings kept before there was preprocessing do not say.
            prepared=tuple(data.get("prepared", ())),
        )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 1)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def _word(data: dict[str, Any]) -> Word:
    return Word(**{**data, "box": Box(**data["box"])})


def _cell(data: dict[str, Any]) -> Cell:
    return Cell(
        box=Box(**data["box"]),
        fill=(data["fill"][0], data["fill"][1], data["fill"][2]),
        words=tuple(_word(word) for word in data["words"]),
        ink=data["ink"],
        readings=data["readings"],
        others=tuple(data["others"]),
    )


def _page(data: dict[str, Any]) -> Page:
    return Page(
        width=data["width"],
        height=data["height"],
        cells=tuple(_cell(cell) for cell in data["cells"]),
        words=tuple(_word(word) for word in data["words"]),
        rules=tuple(Box(**rule) for rule in data["rules"]),
        turn=data["turn"],
        cut=tuple(data.get("cut", ())),
    )
