"""Periods are numbers; a small table beside the week says when each of them is."""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.columns import day_heads, plain_paint, week_cells
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import DAY_COUNT, Shape, plan_week

SIDE = 150.0


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    shape = Shape(
        flavour="secondary",
        merged_days=0.6,
        doubles=0.6,
        notes=rng.random() < 0.6,
        early=0.1,
        close=0.1,
    )
    week = plan_week(stock, shape)
    clock, look = pick_clock(rng), pick_look(stock, size=9.5)
    page = Page(A4_LANDSCAPE)
    heading = pick_heading(stock, "secondary")
    area = head_and_foot(page, stock, look, heading)
    wide = area.w - SIDE - 18
    xs = edges(area.x, [0.7] + [1] * DAY_COUNT, wide)
    ys = edges(area.y, [0.6] + [1] * len(week.periods), min(area.h, 46.0 * (len(week.periods) + 1)))
    grid = Grid(page, look, xs, ys)
    grid.cell(
        (0, 0), (0, 0), [look.heading("Period")], role="corner", fill=look.head, align="centre"
    )
    day_heads(grid, words.DAY_NAMES[rng.choice(("full", "three", "upper"))], dates=stock.dates())
    names = [p.label if p.role == "lesson" else p.label.title() for p in week.periods]
    for row, name in enumerate(names, start=1):
        piece = Piece(name, look.bold, look.ink)
        grid.cell(
            (0, 0),
            (row, row),
            [piece],
            role="period",
            fill=look.side,
            align="centre",
            valign="middle",
        )
    week_cells(grid, week, plain_paint(grid))
    rows = edges(area.y, [1] * (len(names) + 1), min(24.0 * (len(names) + 1), area.h))
    key = Grid(page, look, edges(area.x + wide + 18, [1, 0.9, 0.9], SIDE), rows)
    heads = rng.choice((("Period", "Start", "End"), ("", "From", "To"), ("Bell", "Begins", "Ends")))
    for column, text in enumerate(heads):
        key.cell(
            (column, column),
            (0, 0),
            [look.heading(text, 0.85)],
            role="corner",
            fill=look.head,
            align="centre",
        )
    for row, (name, period) in enumerate(zip(names, week.periods, strict=True), start=1):
        for column, text in enumerate((name, clock.time(period.start), clock.time(period.end))):
            role = "time" if column else "period"
            piece = Piece(text, look.face, look.ink, 0.85)
            key.cell(
                (column, column), (row, row), [piece], role=role, align="centre", valign="middle"
            )
    layout = ("days-columns", "bell-times-in-table", *week.shape_words(), *clock.words())
    return Drawing([page], heading.title, week.blocks(), layout, "hard")
