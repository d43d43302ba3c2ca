"""How a document looks: face, colours, lines and sizes, picked once and kept all over it."""

from dataclasses import dataclass

from samples.generator import fonts
from samples.generator.stock import Stock
from samples.generator.typeset import Piece

# header, times column, break rows: each a fill that black or white ink reads well on.
SCHEMES = (
    ("#ffffff", "#ffffff", "#ffffff"), ("#d9d9d9", "#f2f2f2", "#ececec"), ("#1f3864", "#dbe4f3",
    "#eef2f9"),
    ("#7b1c2e", "#f4e1e4", "#f0f0f0"), ("#2e6b3f", "#dcecdf", "#f6f2d8"), ("#bfe0e2", "#e4f3f4",
    "#fbf3d5"),
    ("#f3c969", "#fdf3d9", "#f7f7f7"), ("#5b2a86", "#ece3f4", "#e9eef7"), ("#0b6fa4", "#d8ecf6",
    "#fdecc8"),
    ("#e8e8e8", "#ffffff", "#f5f5f5"), ("#333333", "#eeeeee", "#e2e2e2"), ("#f7d6d0", "#fdf0ee",
    "#eaf3e6"),
)  # fmt: skip
TILES = (
    "#ffd6dc", "#cfe6ff", "#e2d8ff", "#ffe1c4", "#fff2ad", "#d8f3d6", "#d5f0ee", "#f6d7f0",
    "#e3ecd0", "#f2e3d5",
)  # fmt: skip
LINES = ("#000000", "#333333", "#666666", "#888888", "#1f3864", "#9a9a9a")
DARK_BELOW = 128


def ink_on(fill: str) -> str:
    red, green, blue = (int(fill[i : i + 2], 16) for i in (1, 3, 5))
    return "#ffffff" if 0.3 * red + 0.59 * green + 0.11 * blue < DARK_BELOW else "#111111"


@dataclass(frozen=True, kw_only=True)
class Look:
    """The appearance of one document."""

    family: str
    head: str
    side: str
    common: str
    line: str
    width: float
    align: str
    valign: str
    bold_titles: bool
    size: float
    ink: str

    @property
    def face(self) -> str:
        return fonts.register(self.family)

    @property
    def bold(self) -> str:
        return fonts.register(self.family, bold=True)

    def heading(self, text: str, scale: float = 1.0) -> Piece:
        return Piece(text, self.bold, ink_on(self.head), scale)

    def lesson(
        self, title: str, notes: tuple[str, ...] = (), *, fill: str = "#ffffff"
    ) -> list[Piece]:
        """The title first; every note on a line of its own, smaller and paler, so that an eye
        tells them apart.
        """
        colour = self.ink if ink_on(fill) == "#111111" else "#ffffff"
        pieces = [Piece(title, self.bold if self.bold_titles else self.face, colour)]
        pieces += [Piece(note, self.face, "#4a4a4a", 0.78) for note in notes]
        return pieces


def pick_look(stock: Stock, *, handwritten: bool = False, size: float = 10.0) -> Look:
    rng = stock.rng
    head, side, common = rng.choice(SCHEMES)
    return Look(
        family=stock.face(handwritten=handwritten),
        head=head,
        side=side,
        common=common,
        line=rng.choice(LINES),
        width=rng.choice((0.4, 0.6, 0.8, 1.0, 1.4)),
        align=rng.choice(("centre", "centre", "left")),
        valign=rng.choice(("middle", "middle", "top")),
        bold_titles=rng.random() < 0.35,
        size=size * rng.uniform(0.92, 1.12),
        ink=rng.choice(("#111111", "#111111", "#222222", "#1a2a4a")),
    )
