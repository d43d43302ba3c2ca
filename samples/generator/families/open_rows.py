"""Lines between the rows only, columns kept apart by air: the tidy sheet of a design-minded
school.
"""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.columns import day_heads, week_cells
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, A4_PORTRAIT, Area, Drawing, Page, Rule
from samples.generator.page import Shape as Box
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import DAY_COUNT, Shape, plan_week


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("primary", "secondary"))
    notes = flavour == "secondary" and rng.random() < 0.6
    week = plan_week(stock, Shape(flavour=flavour, merged_days=0.0, doubles=0.0, notes=notes))
    clock, look = pick_clock(rng), pick_look(stock, size=9.5)
    page = Page(rng.choice((A4_PORTRAIT, A4_LANDSCAPE)))
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    xs = edges(area.x, [0.95] + [1] * DAY_COUNT, area.w)
    ys = edges(area.y, [0.7] + [1] * len(week.periods), min(area.h, 54.0 * (len(week.periods) + 1)))
    grid = Grid(page, look, xs, ys, ruled=False)
    striped = rng.random() < 0.5
    for row in range(1, len(ys) - 1):
        if striped and row % 2:
            page.ink.append(Box(Area(area.x, ys[row], area.w, ys[row + 1] - ys[row]), "#f2f4f6"))
    for row in range(1, len(ys)):
        heavy = row in (1, len(ys) - 1)
        colour = "#222222" if heavy else "#b9b9b9"
        page.ink.append(
            Rule(area.x, ys[row], area.x + area.w, ys[row], colour, 1.2 if heavy else 0.5)
        )
    day_heads(
        grid,
        words.DAY_NAMES[rng.choice(("full", "three", "three-upper"))],
        fill="#ffffff",
        dates=stock.dates(),
    )
    for row, period in enumerate(week.periods, start=1):
        lines = clock.span_lines(period.start, period.end)
        piece = Piece(clock.span(period.start, period.end), look.face, look.ink, 0.95, lines)
        grid.cell((0, 0), (row, row), [piece], role="time", align="left", valign=look.valign)
    week_cells(grid, week, lambda cell: "#ffffff")
    layout = ("days-columns", "times-rows", "rows-ruled-only", *week.shape_words(), *clock.words())
    return Drawing([page], heading.title, week.blocks(), layout, "medium")
