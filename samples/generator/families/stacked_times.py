"""Start above end in a narrow column, the period's name beside it, heavy double rules under the
heads.
"""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.columns import day_heads, plain_paint, week_cells
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, A4_PORTRAIT, Drawing, Page, Rule
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import DAY_COUNT, Shape, plan_week

NAMES = {
    "register": "Reg",
    "early": "Early",
    "assembly": "Ass",
    "break": "Bk",
    "lunch": "Lun",
    "close": "End",
}


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("secondary", "primary"))
    notes = flavour == "secondary" and rng.random() < 0.7
    shape = Shape(flavour=flavour, merged_days=0.6, doubles=0.5, notes=notes, early=0.3, close=0.3)
    week = plan_week(stock, shape)
    clock, look = pick_clock(rng), pick_look(stock, size=9.5)
    page = Page(rng.choice((A4_PORTRAIT, A4_LANDSCAPE)))
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    xs = edges(area.x, [0.4, 0.5] + [1] * DAY_COUNT, area.w)
    ys = edges(area.y, [0.7] + [1] * len(week.periods), min(area.h, 56.0 * (len(week.periods) + 1)))
    grid = Grid(page, look, xs, ys)
    grid.cell((0, 1), (0, 0), [], role="corner", fill=look.head)
    day_heads(
        grid, words.DAY_NAMES[rng.choice(("full", "three", "mixed"))], first=2, dates=stock.dates()
    )
    for row, period in enumerate(week.periods, start=1):
        name = period.label if period.role == "lesson" else NAMES[period.role]
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
        times = [
            Piece(clock.time(minute), look.face, look.ink, 0.95)
            for minute in (period.start, period.end)
        ]
        grid.cell(
            (1, 1), (row, row), times, role="time", fill=look.side, align="centre", valign="middle"
        )
    week_cells(grid, week, plain_paint(grid), column_of=lambda day: day + 2)
    page.ink.append(Rule(area.x, ys[1] + 1.8, area.x + area.w, ys[1] + 1.8, look.line, look.width))
    layout = ("days-columns", "stacked-times", *week.shape_words(), *clock.words())
    return Drawing([page], heading.title, week.blocks(), layout, "medium")
