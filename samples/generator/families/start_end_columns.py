"""Period, start and end in columns of their own: the teacher's timetable, with free periods."""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece
from samples.generator.week import DAY_COUNT, Shape, plan_week

HEADS = (
    ("Period", "Start", "End"),
    ("", "From", "To"),
    ("Lesson", "Starts", "Ends"),
    ("Per.", "Start", "Finish"),
)
NAMES = {
    "register": "Reg",
    "break": "Break",
    "lunch": "Lunch",
    "early": "Early",
    "assembly": "Ass.",
    "close": "PM",
}


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    shape = Shape(
        flavour="secondary",
        merged_days=0.0,
        doubles=0.7,
        empty=rng.uniform(0.1, 0.35),
        notes=rng.random() < 0.8,
        teacher=True,
        early=0.1,
        close=0.2,
    )
    week = plan_week(stock, shape)
    clock = pick_clock(rng)
    look = pick_look(stock, size=9.5)
    page = Page(A4_LANDSCAPE)
    heading = pick_heading(stock, "teacher")
    area = head_and_foot(page, stock, look, heading)
    narrow = rng.uniform(0.42, 0.55)
    xs = edges(area.x, [0.5, narrow, narrow] + [1] * DAY_COUNT, area.w)
    ys = edges(area.y, [0.6] + [1] * len(week.periods), min(area.h, 44.0 * len(week.periods)))
    grid = Grid(page, look, xs, ys)
    for column, name in enumerate(rng.choice(HEADS)):
        grid.cell(
            (column, column),
            (0, 0),
            [look.heading(name, 0.9)],
            role="corner",
            fill=look.head,
            align="centre",
        )
    names = words.DAY_NAMES[rng.choice(("full", "three", "upper"))]
    for day, name in enumerate(names, start=3):
        grid.cell(
            (day, day), (0, 0), [look.heading(name)], role="day", fill=look.head, align="centre"
        )
    for row, period in enumerate(week.periods, start=1):
        label = period.label if period.role == "lesson" else NAMES[period.role]
        for column, text in enumerate((label, clock.time(period.start), clock.time(period.end))):
            piece = Piece(text, look.face if column else look.bold, look.ink, 0.95)
            role = "time" if column else "period"
            grid.cell(
                (column, column), (row, row), [piece], role=role, fill=look.side, align="centre"
            )
    for cell in week.cells:
        grid.cell(
            (cell.first_day + 3, cell.last_day + 3),
            (cell.first + 1, cell.last + 1),
            look.lesson(cell.title, cell.notes) if cell.title else [],
            role="cell",
            fill="#ffffff",
            blocks=week.blocks_of(cell),
            missed=not week.has_free_periods,
        )
    layout = ("days-columns", "start-end-columns", "teacher", *week.shape_words(), *clock.words())
    return Drawing([page], heading.title, week.blocks(), layout, "medium")
