"""Typed, without a table: the day as a heading, then a line for each lesson, in one or two
columns.
"""

from samples.generator import words
from samples.generator.agenda import plan_agenda
from samples.generator.clock import pick_clock
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import pick_look
from samples.generator.page import A4_PORTRAIT, Area, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_text

GAP = 24.0
SPLIT = (3, 2)


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("primary", "sen", "nursery"))
    agenda = plan_agenda(stock, flavour)
    clock, look = pick_clock(rng), pick_look(stock, size=9.5)
    page = Page(A4_PORTRAIT)
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    wide = (area.w - GAP) / 2
    tallest = max(sum(len(e) + 2.2 for e in agenda[:3]), sum(len(e) + 2.2 for e in agenda[3:]))
    step = min(19.0, area.h / tallest)
    share = rng.uniform(0.36, 0.44)
    colon = rng.choice(("", ":"))
    for half, days in enumerate((range(SPLIT[0]), range(SPLIT[0], len(agenda)))):
        x, y = area.x + half * (wide + GAP), area.y + 6
        for day in days:
            box = Area(x, y, wide, step * 1.3)
            mark = page.mark("day", box)
            set_text(
                page,
                box,
                [Piece(words.DAYS[day] + colon, look.bold, look.ink, 1.2)],
                look.size,
                align="left",
                mark=mark,
            )
            y += step * 1.4
            for block in agenda[day]:
                time = Area(x, y, wide * share - 6, step)
                what = Area(x + wide * share, y, wide * (1 - share), step)
                mark = page.mark("time", time, [block])
                piece = Piece(clock.span(block.start, block.end), look.face, look.ink)
                set_text(page, time, [piece], look.size, align="left", mark=mark, leading=1.05)
                mark = page.mark("cell", what, [block])
                set_text(
                    page,
                    what,
                    [Piece(block.title, look.face, look.ink)],
                    look.size,
                    align="left",
                    mark=mark,
                    leading=1.05,
                )
                y += step
            y += step * 0.7
    blocks = [block for entries in agenda for block in entries]
    layout = ("typed-list", "portrait", "no-lines", "uneven-days", *clock.words())
    return Drawing([page], heading.title, blocks, layout, "hard")
