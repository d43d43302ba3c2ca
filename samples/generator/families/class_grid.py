"""Days as columns, one column of times: the primary school's week on the classroom door."""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.columns import day_heads, plain_paint, week_cells
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, A4_PORTRAIT, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import DAY_COUNT, Shape, plan_week


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("primary", "primary", "sen", "nursery"))
    week = plan_week(stock, Shape(flavour=flavour, merged_days=0.75, doubles=0.6))
    clock = pick_clock(rng)
    look = pick_look(stock, handwritten=rng.random() < 0.2, size=11)
    size = A4_PORTRAIT if rng.random() < 0.3 else A4_LANDSCAPE
    page = Page(size)
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    xs = edges(area.x, [rng.uniform(0.75, 1.0)] + [1] * DAY_COUNT, area.w)
    rows = [0.8] + [1.0 if p.role == "lesson" else rng.choice((0.65, 1.0)) for p in week.periods]
    ys = edges(area.y, rows, min(area.h, 62.0 * sum(rows)))
    grid = Grid(page, look, xs, ys)
    names = words.DAY_NAMES[rng.choice(("full", "full", "upper", "three", "mixed"))]
    corner = rng.choice(("Time", "", "Times", "When"))
    grid.cell((0, 0), (0, 0), [look.heading(corner)], role="corner", fill=look.head, align="centre")
    day_heads(grid, names, dates=stock.dates())
    for row, period in enumerate(week.periods, start=1):
        lines = clock.span_lines(period.start, period.end)
        piece = Piece(clock.span(period.start, period.end), look.bold, look.ink, 0.92, lines)
        grid.cell((0, 0), (row, row), [piece], role="time", fill=look.side, align="centre")
    week_cells(grid, week, plain_paint(grid))
    layout = ("days-columns", "times-rows", *week.shape_words(), *clock.words())
    return Drawing([page], heading.title, week.blocks(), layout, "easy")
