"""A table on a page: column and row edges, and cells that span them."""

from collections.abc import Sequence
from dataclasses import dataclass

from samples.generator.look import Look
from samples.generator.page import Area, Block, Page, Shape
from samples.generator.typeset import Piece, set_text


def edges(start: float, parts: Sequence[float], total: float) -> list[float]:
    """Edges that share `total` in the proportion of the parts."""
    unit = total / sum(parts)
    found = [start]
    for part in parts:
        found.append(found[-1] + part * unit)
    return found


@dataclass
class Grid:
    """Draws cells between edges. `gap` leaves air around tiles, `ruled` draws their borders."""

    page: Page
    look: Look
    xs: list[float]
    ys: list[float]
    ruled: bool = True
    gap: float = 0.0
    radius: float = 0.0

    def area(self, columns: tuple[int, int], rows: tuple[int, int]) -> Area:
        x, y = self.xs[columns[0]], self.ys[rows[0]]
        return Area(x, y, self.xs[columns[1] + 1] - x, self.ys[rows[1] + 1] - y)

    def cell(
        self,
        columns: tuple[int, int],
        rows: tuple[int, int],
        pieces: Sequence[Piece],
        *,
        role: str,
        fill: str | None = None,
        blocks: Sequence[Block] = (),
        missed: bool = True,
        size: float | None = None,
        align: str | None = None,
        valign: str | None = None,
        angle: int = 0,
        ruled: bool | None = None,
        leading: float = 1.2,
    ) -> int:
        """One cell with its fill, border and words; the number of its mark."""
        whole = self.area(columns, rows)
        box = whole.inset(self.gap)
        line = self.look.line if (self.ruled if ruled is None else ruled) else None
        if fill or line:
            shape = Shape(
                box, fill if fill != "#ffffff" else None, line, self.look.width, self.radius
            )
            self.page.ink.append(shape)
        mark = self.page.mark(role, box, blocks, missed=missed)
        if pieces:
            set_text(
                self.page,
                box.inset(3, 2),
                pieces,
                size or self.look.size,
                align=align or self.look.align,
                valign=valign or self.look.valign,
                angle=angle,
                mark=mark,
                leading=leading,
            )
        return mark
