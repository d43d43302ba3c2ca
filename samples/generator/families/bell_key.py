"""Periods are numbers; a line of text says when each bell rings. Days are letters, breaks run
sideways.
"""

from dataclasses import replace

from samples.generator import words
from samples.generator.clock import Clock, pick_clock
from samples.generator.grid import Grid, edges
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import Look, pick_look
from samples.generator.page import A4_LANDSCAPE, Area, Drawing, Page, Shape
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_text
from samples.generator.week import DAY_COUNT, Week, plan_week
from samples.generator.week import Shape as WeekShape


def _key(page: Page, area: Area, look: Look, clock: Clock, week: Week, stock: Stock) -> None:
    form = stock.rng.choice(("Period {0}", "P{0}", "Lesson {0}"))
    common = {cell.first: cell.title for cell in week.cells if cell.role != "lesson"}
    parts = []
    for row, period in enumerate(week.periods):
        name = common.get(row) or form.format(period.label)
        parts.append(f"{name} {clock.span(period.start, period.end)}")
    opening = stock.rng.choice(("Bell times: ", "Times of the day: ", "Bells – "))
    text = opening + stock.rng.choice((", ", "; ", "   ")).join(parts)
    page.ink.append(Shape(area, "#f6f6f6", "#777777", 0.5))
    mark = page.mark("key", area)
    piece = Piece(text, look.face, "#222222")
    set_text(page, area.inset(6, 3), [piece], 9.5, align="left", mark=mark, leading=1.3)


def _letters(title: str, look: Look) -> list[Piece]:
    """The letters on top of each other, as a narrow column is sometimes filled."""
    return [Piece(letter, look.bold, look.ink, 0.9) for letter in title]


def _plan(stock: Stock, *, stacked: bool) -> Week:
    shape = WeekShape(
        flavour="secondary",
        merged_days=1.0,
        doubles=0.6,
        notes=stock.rng.random() < 0.7,
        early=0.0,
        close=0.0,
        lesson_minutes=(40, 45, 50, 55),
        blocks=stock.rng.choice(((3, 2, 2), (2, 2, 2), (2, 3, 2))),
    )
    week = plan_week(stock, shape)
    if stock.rng.random() < 0.4 or stacked:
        loud = [c if c.role == "lesson" else replace(c, title=c.title.upper()) for c in week.cells]
        week.cells = loud
    return week


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    stacked = stock.trim.random() < 0.2
    week = _plan(stock, stacked=stacked)
    clock = pick_clock(rng, ("12", "12-dots", "24", "24-dots", "24-bare"))
    look = pick_look(stock, size=10)
    page = Page(A4_LANDSCAPE)
    heading = pick_heading(stock, "secondary")
    area = head_and_foot(page, stock, look, heading)
    _key(page, Area(area.x, area.y, area.w, 34), look, clock, week, stock)
    xs = edges(area.x, [0.45] + [1 if p.role == "lesson" else 0.35 for p in week.periods], area.w)
    ys = edges(area.y + 44, [0.55] + [1] * DAY_COUNT, min(area.h - 44, 380))
    grid = Grid(page, look, xs, ys)
    grid.cell((0, 0), (0, 0), [], role="corner", fill=look.head)
    for column, period in enumerate(week.periods, start=1):
        name = [look.heading(period.label, 1.15)] if period.role == "lesson" else []
        grid.cell(
            (column, column),
            (0, 0),
            name,
            role="period",
            fill=look.head,
            align="centre",
            valign="middle",
        )
    letters = words.DAY_NAMES[rng.choice(("letters", "letters", "three"))]
    for day, name in enumerate(letters, start=1):
        piece = Piece(name, look.bold, look.ink, 1.2)
        grid.cell(
            (0, 0), (day, day), [piece], role="day", fill=look.side, align="centre", valign="middle"
        )
    for cell in week.cells:
        common = cell.role != "lesson"
        fill = look.common if common else "#ffffff"
        grid.cell(
            (cell.first + 1, cell.last + 1),
            (cell.first_day + 1, cell.last_day + 1),
            _letters(cell.title, look)
            if common and stacked
            else look.lesson(cell.title, cell.notes, fill=fill),
            role="cell",
            fill=fill,
            blocks=week.blocks_of(cell),
            angle=90 if common and not stacked else 0,
            align="centre" if common else None,
            valign="middle" if common else None,
        )
    layout = (
        "days-rows",
        "bell-times-in-text",
        "vertical-text",
        "single-letter-days",
        *week.shape_words(),
        *clock.words(),
    )
    return Drawing([page], heading.title, week.blocks(), layout, "hard")
