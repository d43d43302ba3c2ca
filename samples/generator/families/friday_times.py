"""Friday is short and has times of its own beside it; the rows are the same."""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.columns import plain_paint, week_cells
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, A4_PORTRAIT, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import LAST, Shape, plan_week

FRIDAY_TIMES = 5


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("sen", "primary"))
    week = plan_week(stock, Shape(flavour=flavour, merged_days=0.9, doubles=0.5, own_friday=True))
    clock, look = pick_clock(rng), pick_look(stock, size=10)
    page = Page(rng.choice((A4_PORTRAIT, A4_LANDSCAPE)))
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    xs = edges(area.x, [0.85, 1, 1, 1, 1, 0.85, 1], area.w)
    ys = edges(area.y, [0.8] + [1] * len(week.periods), min(area.h, 58.0 * (len(week.periods) + 1)))
    grid = Grid(page, look, xs, ys)
    names = words.DAY_NAMES[rng.choice(("weds", "three", "full"))]
    heads = ["Times Mon–Thurs", *names[:LAST], "Friday times", names[LAST]]
    for column, name in enumerate(heads):
        role = "corner" if column in (0, FRIDAY_TIMES) else "day"
        grid.cell(
            (column, column),
            (0, 0),
            [look.heading(name)],
            role=role,
            fill=look.head,
            align="centre",
        )
    for column, periods in ((0, week.periods), (FRIDAY_TIMES, week.friday)):
        for row, period in enumerate(periods, start=1):
            lines = clock.span_lines(period.start, period.end)
            piece = Piece(clock.span(period.start, period.end), look.face, look.ink, 0.95, lines)
            grid.cell(
                (column, column), (row, row), [piece], role="time", fill=look.side, align="centre"
            )
    week_cells(
        grid, week, plain_paint(grid), column_of=lambda day: day + 1 if day < LAST else day + 2
    )
    layout = ("days-columns", "friday-own-times", *week.shape_words(), *clock.words())
    return Drawing([page], heading.title, week.blocks(), layout, "hard")
