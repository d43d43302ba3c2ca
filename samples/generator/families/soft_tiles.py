"""Coloured tiles with air between them instead of lines, times beside the rows."""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.columns import day_heads, tile_paint, week_cells
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import DAY_COUNT, Shape, plan_week


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("primary", "primary", "secondary"))
    week = plan_week(stock, Shape(flavour=flavour, merged_days=0.8, doubles=0.7))
    clock, look = pick_clock(rng), pick_look(stock, size=10.5)
    page = Page(A4_LANDSCAPE, rng.choice(("#ffffff", "#ffffff", "#fcfcf7")))
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    xs = edges(area.x, [0.8] + [1] * DAY_COUNT, area.w)
    ys = edges(area.y, [0.6] + [1] * len(week.periods), min(area.h, 46.0 * (len(week.periods) + 1)))
    grid = Grid(
        page,
        look,
        xs,
        ys,
        ruled=False,
        gap=rng.choice((1.0, 1.6, 2.2)),
        radius=rng.choice((0, 2, 4)),
    )
    day_heads(
        grid,
        words.DAY_NAMES[rng.choice(("three", "full", "mixed"))],
        fill=page.paper,
        dates=stock.dates(),
    )
    for row, period in enumerate(week.periods, start=1):
        lines = clock.span_lines(period.start, period.end)
        piece = Piece(clock.span(period.start, period.end), look.face, look.ink, 0.9, lines)
        grid.cell((0, 0), (row, row), [piece], role="time", align="right", valign="middle")
    week_cells(grid, week, tile_paint(stock, common="#e6e6e6"))
    layout = ("days-columns", "times-rows", "colour-no-grid", *week.shape_words(), *clock.words())
    return Drawing([page], heading.title, week.blocks(), layout, "medium")
