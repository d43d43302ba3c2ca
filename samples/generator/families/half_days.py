"""Morning and afternoon as two tables under each other, each with its own heads."""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.columns import day_heads, plain_paint, week_cells
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, A4_PORTRAIT, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_line
from samples.generator.week import DAY_COUNT, Shape, plan_week

BETWEEN = 40.0


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("primary", "nursery", "sen"))
    week = plan_week(stock, Shape(flavour=flavour, merged_days=0.7, doubles=0.5))
    clock, look = pick_clock(rng), pick_look(stock, size=9.5)
    page = Page(rng.choice((A4_PORTRAIT, A4_LANDSCAPE)))
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    lunch = next(i for i, p in enumerate(week.periods) if p.role == "lunch")
    halves = (list(range(lunch + 1)), list(range(lunch + 1, len(week.periods))))
    captions = rng.choice(
        (("Morning", "Afternoon"), ("Morning session", "Afternoon session"), ("AM", "PM"))
    )
    step = min(46.0, (area.h - 2 * BETWEEN) / (len(week.periods) + 1.6))
    names = words.DAY_NAMES[rng.choice(("full", "three"))]
    top, dates = area.y, stock.dates()
    for caption, rows in zip(captions, halves, strict=True):
        set_line(page, area.x, top + 12, caption, look.bold, 12, "#222222")
        tall = step * (len(rows) + 0.8)
        xs = edges(area.x, [0.9] + [1] * DAY_COUNT, area.w)
        grid = Grid(page, look, xs, edges(top + 19, [0.8] + [1] * len(rows), tall))
        grid.cell((0, 0), (0, 0), [], role="corner", fill=look.head)
        day_heads(grid, names, dates=dates)
        for row, index in enumerate(rows, start=1):
            period = week.periods[index]
            lines = clock.span_lines(period.start, period.end)
            piece = Piece(clock.span(period.start, period.end), look.face, look.ink, 0.95, lines)
            grid.cell((0, 0), (row, row), [piece], role="time", fill=look.side, align="centre")
        week_cells(grid, week, plain_paint(grid), rows=rows)
        top += 19 + tall + BETWEEN - 19
    layout = ("days-columns", "times-rows", "two-tables", *week.shape_words(), *clock.words())
    return Drawing([page], heading.title, week.blocks(), layout, "medium")
