"""Every cell carries its own time, and no two days need be alike: the nursery's week."""

from samples.generator import words
from samples.generator.agenda import plan_agenda
from samples.generator.clock import Clock, pick_clock
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import Look, pick_look
from samples.generator.page import A4_LANDSCAPE, Block, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import DAY_COUNT


def pieces_of(block: Block, clock: Clock, look: Look, *, beside: bool, between: str) -> list[Piece]:
    """The time before the title on its line, or above it."""
    span = clock.span(block.start, block.end)
    if beside:
        return [Piece(f"{span}{between}{block.title}", look.face, look.ink)]
    return [Piece(span, look.face, look.ink, 0.85), Piece(block.title, look.bold, look.ink)]


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("nursery", "nursery", "sen", "primary"))
    agenda = plan_agenda(stock, flavour)
    clock = pick_clock(rng)
    look = pick_look(stock, handwritten=rng.random() < 0.15, size=9.5)
    page = Page(A4_LANDSCAPE, rng.choice(("#ffffff", "#ffffff", "#fffdf2", "#f7fbff")))
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    depth = max(len(day) for day in agenda)
    xs = edges(area.x, [1] * DAY_COUNT, area.w)
    ys = edges(area.y, [0.8] + [1] * depth, min(area.h, 46.0 * depth))
    grid = Grid(page, look, xs, ys)
    names = words.DAY_NAMES[rng.choice(("full", "full", "upper"))]
    beside = rng.random() < 0.6
    between = rng.choice((" ", "  ", ": ")) if beside else ""
    for day, entries in enumerate(agenda):
        grid.cell(
            (day, day),
            (0, 0),
            [look.heading(names[day], 1.1)],
            role="day",
            fill=look.head,
            align="centre",
        )
        for row in range(depth):
            here = entries[row : row + 1]
            pieces = pieces_of(here[0], clock, look, beside=beside, between=between) if here else []
            grid.cell(
                (day, day),
                (row + 1, row + 1),
                pieces,
                role="timed" if here else "blank",
                blocks=here,
                align="left",
                valign="middle",
                missed=row + 1 < len(entries),
            )
    blocks = [block for entries in agenda for block in entries]
    layout = ("days-columns", "time-in-cell", "uneven-days", *clock.words())
    return Drawing([page], heading.title, blocks, layout, "medium")
