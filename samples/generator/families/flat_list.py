"""One row for each lesson, as a management system shows or exports it."""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.grid import Grid, edges
from samples.generator.heading import pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_PORTRAIT, Area, Drawing, Page, Rule, Shape
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_line
from samples.generator.week import DAY_COUNT, plan_week
from samples.generator.week import Shape as WeekShape

HEADS = (
    ("Day", "Start", "Finish", "Lesson", "Staff", "Room"),
    ("Day", "From", "To", "Subject", "Teacher", "Room"),
    ("Weekday", "Start", "End", "Activity", "Room", "Staff"),
)


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("secondary", "sixth", "primary"))
    shape = WeekShape(
        flavour=flavour, merged_days=0.0, doubles=0.3, empty=0.25, early=0.1, close=0.1
    )
    week = plan_week(stock, shape)
    commons = rng.random() < 0.4
    clock = pick_clock(rng)
    look = pick_look(stock, size=9)
    page = Page(A4_PORTRAIT)
    heading = pick_heading(stock, flavour)
    banner = rng.random() < 0.6
    top = 30.0
    if banner:
        page.ink.append(
            Shape(
                Area(0, 0, page.width, 30), rng.choice(("#22384f", "#0b5351", "#4a2545", "#2b2b2b"))
            )
        )
        set_line(page, 20, 19, f"{heading.school} > Pupils > Timetable", look.face, 9, "#ffffff")
        set_line(
            page,
            page.width - 20,
            19,
            "Academic year 2026/2027",
            look.face,
            8,
            "#ffffff",
            align="right",
        )
        top = 46
    mark = page.mark("title", Area(20, top, 555, 24))
    set_line(page, 20, top + 16, heading.title, look.bold, 15, "#111111", mark=mark, room=555)
    cells = [(day, cell) for day in range(DAY_COUNT) for cell in week.day_cells(day)]
    if not commons:
        cells = [(day, cell) for day, cell in cells if cell.role not in ("break", "lunch")]
    area = Area(20, top + 30, page.width - 40, page.height - top - 66)
    xs = edges(area.x, [1.1, 0.7, 0.7, 1.8, 1.0, 0.8], area.w)
    ys = edges(area.y, [1.2] + [1] * len(cells), min(area.h, 20.0 * (len(cells) + 1)))
    ruled = rng.random() < 0.35
    grid = Grid(page, look, xs, ys, ruled=ruled)
    heads = rng.choice(HEADS)
    for column, name in enumerate(heads):
        grid.cell(
            (column, column),
            (0, 0),
            [look.heading(name)],
            role="corner",
            fill=look.head,
            align="left",
        )
    zebra = "#f3f5f8" if rng.random() < 0.6 else "#ffffff"
    names = words.DAY_NAMES[rng.choice(("full", "full", "three"))]
    staff: dict[str, tuple[str, str]] = {}
    blocks = []
    for row, (day, cell) in enumerate(cells, start=1):
        block = next(b for b in week.blocks_of(cell) if b.day == words.DAYS[day])
        blocks.append(block)
        who = staff.setdefault(cell.title, (stock.initials(), stock.room()))
        texts = [names[day], clock.time(block.start), clock.time(block.end), cell.title, *who]
        if heads[4] == "Room":
            texts[4:] = [who[1], who[0]]
        for column, text in enumerate(texts):
            role = ("day", "time", "time", "cell", "note", "note")[column]
            grid.cell(
                (column, column),
                (row, row),
                [Piece(text, look.face, look.ink)],
                role=role,
                align="left",
                valign="middle",
                fill=zebra if row % 2 else "#ffffff",
                blocks=[block],
                leading=1.1,
            )
        if not ruled:
            page.ink.append(Rule(area.x, ys[row + 1], area.x + area.w, ys[row + 1], "#dddddd", 0.4))
    if rng.random() < 0.6:
        text = f"{len(cells)} records found. Export: CSV | PDF | Print"
        set_line(page, 20, ys[-1] + 16, text, look.face, 7.5, "#777777")
    layout = ("flat-list", "start-end-columns", "portrait", *clock.words())
    return Drawing([page], heading.title, blocks, layout, "easy")
