"""Only the starts are printed; each session lasts until the next, and a sentence says when the day
ends.
"""

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

ENDINGS = (
    "School finishes at {time}.",
    "The day ends at {time}.",
    "Home time is {time}.",
    "Children are collected at {time}.",
    "End of school: {time}",
)


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("primary", "primary", "nursery"))
    week = plan_week(stock, Shape(flavour=flavour, merged_days=0.3, doubles=0.2))
    clock, look = pick_clock(rng), pick_look(stock, size=10)
    page = Page(A4_LANDSCAPE)
    heading = pick_heading(stock, flavour)
    ending = rng.choice(ENDINGS).format(time=clock.time(week.periods[-1].end))
    area = head_and_foot(page, stock, look, heading, extra=ending)
    xs = edges(area.x, [0.5] + [1] * DAY_COUNT, area.w)
    ys = edges(area.y, [0.5] + [1] * len(week.periods), min(area.h, 44.0 * (len(week.periods) + 1)))
    grid = Grid(page, look, xs, ys)
    head = look.heading(rng.choice(("Starts", "Start", "From")))
    grid.cell((0, 0), (0, 0), [head], role="corner", fill=look.head, align="centre")
    day_heads(grid, words.DAY_NAMES[rng.choice(("full", "three"))], dates=stock.dates())
    for row, period in enumerate(week.periods, start=1):
        piece = Piece(clock.time(period.start), look.bold, look.ink)
        grid.cell((0, 0), (row, row), [piece], role="time", fill=look.side, align="centre")
    week_cells(grid, week, plain_paint(grid))
    layout = ("days-columns", "start-times-only", *week.shape_words(), *clock.words())
    return Drawing([page], heading.title, week.blocks(), layout, "hard")
