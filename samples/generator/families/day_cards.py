"""A card for each day, two or three beside each other: what a class page on the web prints as."""

from samples.generator import words
from samples.generator.agenda import plan_agenda
from samples.generator.clock import pick_clock
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, A4_PORTRAIT, Area, Drawing, Page, Shape
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_text

GAP = 12.0
HEAD = 24.0
TIME_SHARE = 0.42


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("primary", "nursery", "sen"))
    agenda = plan_agenda(stock, flavour)
    clock, look = pick_clock(rng), pick_look(stock, size=8.5)
    portrait = rng.random() < 0.5
    page = Page(A4_PORTRAIT if portrait else A4_LANDSCAPE)
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    columns = 2 if portrait else 3
    rows = -(-len(agenda) // columns)
    wide, tall = (area.w - GAP * (columns - 1)) / columns, (area.h - GAP * (rows - 1)) / rows
    radius = rng.choice((0, 5, 8))
    for index, entries in enumerate(agenda):
        x = area.x + index % columns * (wide + GAP)
        y = area.y + index // columns * (tall + GAP)
        page.ink.append(Shape(Area(x, y, wide, tall), None, look.line, look.width, radius))
        band = Area(x + 1, y + 1, wide - 2, HEAD)
        page.ink.append(Shape(band, look.head))
        mark = page.mark("day", band)
        name = words.DAYS[index]
        set_text(page, band.inset(8, 2), [look.heading(name)], 11.5, align="left", mark=mark)
        step = min(22.0, (tall - HEAD - 10) / len(entries))
        for number, block in enumerate(entries):
            top = y + HEAD + 6 + number * step
            time = Area(x + 8, top, wide * TIME_SHARE - 10, step)
            what = Area(x + wide * TIME_SHARE, top, wide * (1 - TIME_SHARE) - 6, step)
            mark = page.mark("time", time, [block])
            span = Piece(clock.span(block.start, block.end), look.face, look.ink)
            set_text(page, time, [span], look.size, align="left", mark=mark, leading=1.05)
            mark = page.mark("cell", what, [block])
            title = Piece(block.title, look.bold if look.bold_titles else look.face, look.ink)
            set_text(page, what, [title], look.size, align="left", mark=mark, leading=1.05)
    blocks = [block for entries in agenda for block in entries]
    layout = ("day-cards", "uneven-days", *clock.words())
    return Drawing([page], heading.title, blocks, layout, "medium")
