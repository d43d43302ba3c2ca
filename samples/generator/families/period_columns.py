"""Days as rows, periods as columns with their times in the header: the secondary pupil's sheet."""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import DAY_COUNT, Shape, plan_week

NAMES = {
    "register": "Reg",
    "break": "Break",
    "lunch": "Lunch",
    "early": "Early",
    "assembly": "Assembly",
    "close": "PM",
}


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("secondary", "secondary", "sixth"))
    shape = Shape(
        flavour=flavour,
        merged_days=0.5,
        doubles=0.8,
        notes=rng.random() < 0.75,
        early=0.15,
        close=0.25,
        empty=0.12 if flavour == "sixth" else 0.0,
    )
    week = plan_week(stock, shape)
    clock = pick_clock(rng)
    look = pick_look(stock, size=9)
    page = Page(A4_LANDSCAPE)
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    narrow = rng.uniform(0.6, 0.9)
    xs = edges(area.x, [0.75] + [1 if p.role == "lesson" else narrow for p in week.periods], area.w)
    ys = edges(area.y, [0.75] + [1] * DAY_COUNT, min(area.h, 420))
    grid = Grid(page, look, xs, ys)
    grid.cell((0, 0), (0, 0), [], role="corner", fill=look.head)
    prefix = rng.choice(("P", "Period ", "Lesson ", ""))
    for column, period in enumerate(week.periods, start=1):
        name = prefix + period.label if period.role == "lesson" else NAMES[period.role]
        span = clock.span(period.start, period.end)
        time = Piece(
            span,
            look.face,
            look.heading("").colour,
            0.85,
            clock.span_lines(period.start, period.end),
        )
        grid.cell(
            (column, column),
            (0, 0),
            [look.heading(name), time],
            role="time",
            fill=look.head,
            align="centre",
        )
    names = words.DAY_NAMES[rng.choice(("three", "full", "mixed", "three-upper"))]
    for day, name in enumerate(names, start=1):
        piece = Piece(name, look.bold, look.ink)
        grid.cell(
            (0, 0), (day, day), [piece], role="day", fill=look.side, align="centre", valign="middle"
        )
    sideways = rng.random() < 0.7
    for cell in week.cells:
        fill = "#ffffff" if cell.role == "lesson" else look.common
        merged = cell.last_day > cell.first_day
        grid.cell(
            (cell.first + 1, cell.last + 1),
            (cell.first_day + 1, cell.last_day + 1),
            look.lesson(cell.title, cell.notes, fill=fill) if cell.title else [],
            role="cell",
            fill=fill,
            blocks=week.blocks_of(cell),
            missed=not week.has_free_periods,
            angle=90 if merged and sideways and cell.role != "lesson" else 0,
            align="centre" if merged else None,
            valign="middle" if merged else None,
        )
    layout = (
        "days-rows",
        "periods-columns",
        "times-in-header",
        *week.shape_words(),
        *clock.words(),
    )
    return Drawing([page], heading.title, week.blocks(), layout, "medium")
