"""A table for each day, one under the other, running on to a second page."""

from samples.generator import words
from samples.generator.agenda import plan_agenda
from samples.generator.clock import pick_clock
from samples.generator.grid import Grid, edges
from samples.generator.heading import pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_PORTRAIT, Area, Drawing, Page, Rule
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_line

MARGIN = 50
BREAK_AFTER = 3
HEADS = (
    ("Time", "Activity", "Where / notes"),
    ("When", "What", "Remarks"),
    ("Times", "Lesson", "Room"),
)


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("primary", "primary", "sen"))
    agenda = plan_agenda(stock, flavour)
    remarks = rng.random() < 0.75
    clock, look = pick_clock(rng), pick_look(stock, size=10)
    heading = pick_heading(stock, flavour)
    heads = rng.choice(HEADS)[: 3 if remarks else 2]
    bands = rng.random() < 0.6
    pages: list[Page] = []
    y = 0.0
    for index, entries in enumerate(agenda):
        if index in (0, BREAK_AFTER):
            page = Page(A4_PORTRAIT)
            pages.append(page)
            set_line(page, MARGIN, 60, heading.title, look.bold, 17, "#111111", room=495)
            under = "continued" if index else heading.under
            set_line(page, MARGIN, 76, under, look.face, 9.5, "#444444", room=495)
            foot = f"{heading.school} – page {len(pages)} of 2"
            set_line(page, MARGIN, 812, foot, look.face, 8, "#555555")
            y = 88.0
        page = pages[-1]
        step = min(21.0, (800 - 88) / BREAK_AFTER / (len(entries) + 2.6))
        day_grid = Grid(
            page, look, [MARGIN, page.width - MARGIN], [y, y + step * 1.15], ruled=False
        )
        head = (
            look.heading(words.DAYS[index], 1.15)
            if bands
            else Piece(words.DAYS[index], look.bold, look.ink, 1.15)
        )
        fill = look.head if bands else None
        day_grid.cell((0, 0), (0, 0), [head], role="day", fill=fill, align="left", valign="middle")
        widths = [1.15, 1.5, 1.35] if remarks else [1.15, 2.5]
        xs = edges(MARGIN, widths, page.width - 2 * MARGIN)
        rows = edges(y + step * 1.15, [1] * (len(entries) + 1), step * (len(entries) + 1))
        grid = Grid(page, look, xs, rows, ruled=False)
        for column, text in enumerate(heads):
            piece = Piece(text, look.bold, "#333333", 0.9)
            grid.cell(
                (column, column), (0, 0), [piece], role="corner", align="left", valign="middle"
            )
        for row, block in enumerate(entries, start=1):
            note = rng.choice(words.REMARKS) if remarks else ""
            texts = (clock.span(block.start, block.end), block.title, note)
            for column, text in enumerate(texts[: len(heads)]):
                face = look.bold if column == 1 and look.bold_titles else look.face
                grid.cell(
                    (column, column),
                    (row, row),
                    [Piece(text, face, look.ink)],
                    blocks=[block],
                    role=("time", "cell", "note")[column],
                    align="left",
                    valign="middle",
                    leading=1.05,
                )
            page.ink.append(
                Rule(MARGIN, rows[row + 1], page.width - MARGIN, rows[row + 1], "#aaaaaa", 0.5)
            )
        y = rows[-1] + step * 0.45
    reminder = pages[-1].mark("note", Area(MARGIN, y, 495, 16))
    set_line(pages[-1], MARGIN, y + 14, stock.reminder(), look.face, 10, "#222222", mark=reminder)
    blocks = [block for entries in agenda for block in entries]
    layout = ("day-tables", "two-page", "portrait", "uneven-days", *clock.words())
    return Drawing(pages, heading.title, blocks, layout, "medium")
