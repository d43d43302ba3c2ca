"""What all layouts with days side by side share: the heads of the days and the cells under them."""

from collections.abc import Callable, Sequence

from samples.generator.grid import Grid
from samples.generator.look import TILES
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import Cell, Week

Paint = Callable[[Cell], str]


def day_heads(
    grid: Grid,
    names: Sequence[str],
    *,
    first: int = 1,
    fill: str | None = None,
    dates: Sequence[str] = (),
) -> None:
    """The days' names over their columns, in the header's colour or plain, dates under them."""
    look = grid.look
    for column, name in enumerate(names, start=first):
        piece = look.heading(name, 1.05) if fill is None else Piece(name, look.bold, look.ink, 1.05)
        paper = look.head if fill is None else fill
        grid.cell(
            (column, column),
            (0, 0),
            [
                piece,
                *[
                    Piece(date, look.face, piece.colour, 0.7)
                    for date in dates[column - first :][:1]
                ],
            ],
            role="day",
            fill=paper,
            align="centre",
            valign="middle",
        )


def plain_paint(grid: Grid) -> Paint:
    """Lessons on white, what everybody does together in the common colour."""
    return lambda cell: "#ffffff" if cell.role == "lesson" else grid.look.common


def tile_paint(stock: Stock, *, common: str | None = None) -> Paint:
    """A colour for each subject, as school software paints them."""
    tints = list(TILES)
    stock.rng.shuffle(tints)
    known: dict[str, str] = {}

    def paint(cell: Cell) -> str:
        if common and cell.role in ("register", "break", "lunch"):
            return common
        return known.setdefault(cell.title, tints[len(known) % len(tints)])

    return paint


def week_cells(
    grid: Grid,
    week: Week,
    paint: Paint,
    *,
    rows: Sequence[int] | None = None,
    column_of: Callable[[int], int] = lambda day: day + 1,
    top: int = 1,
) -> None:
    """The cells of the rows (all by default), each where its days and periods meet."""
    shown = list(rows) if rows is not None else list(range(len(week.periods)))
    for cell in week.cells:
        if cell.first not in shown:
            continue
        down = top + shown.index(cell.first)
        fill = paint(cell) if cell.title else None
        if not cell.title and not grid.ruled:
            continue
        grid.cell(
            (column_of(cell.first_day), column_of(cell.last_day)),
            (down, down + cell.last - cell.first),
            grid.look.lesson(cell.title, cell.notes, fill=fill or "#ffffff") if cell.title else [],
            role="cell",
            fill=fill,
            blocks=week.blocks_of(cell),
            missed=not week.has_free_periods,
        )
