"""Days as rows, lessons as bars along them, as long as they last; the time stands in the bar."""

from samples.generator import fonts, words
from samples.generator.agenda import plan_agenda
from samples.generator.clock import pick_clock
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import TILES, pick_look
from samples.generator.page import A4_LANDSCAPE, Area, Drawing, Page, Rule, Shape
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_text

SIDE = 46.0
# Narrower bars are written along; in the narrowest, time and title share a line.
UPRIGHT = 40.0
ONE_LINE = 20.0


def _longest_word(pieces: list[Piece], size: float) -> float:
    words = [(word, piece) for piece in pieces for word in piece.breaks or piece.text.split()]
    return max(fonts.width(word, piece.face, size * piece.scale) for word, piece in words)


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("sixth", "secondary", "sen"))
    agenda = plan_agenda(stock, flavour, gaps=rng.choice((0.0, 0.2)))
    clock = pick_clock(rng, ("24", "24-dots", "12", "12-dots", "24-none"))
    look = pick_look(stock, size=8)
    page = Page(A4_LANDSCAPE)
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    first, last = min(e[0].start for e in agenda), max(e[-1].end for e in agenda)
    unit = (area.w - SIDE) / (last - first)
    tall = min(area.h / len(agenda), 92.0)
    tints = list(TILES)
    rng.shuffle(tints)
    colours: dict[str, str] = {}
    outlined = rng.random() < 0.5
    names = words.DAY_NAMES[rng.choice(("three", "three-upper", "mixed"))]
    for index, entries in enumerate(agenda):
        y = area.y + index * tall
        page.ink.append(Rule(area.x, y, area.x + area.w, y, "#cccccc", 0.5))
        side = Area(area.x, y, SIDE - 4, tall)
        mark = page.mark("day", side)
        set_text(
            page, side, [Piece(names[index], look.bold, "#222222")], 12, align="left", mark=mark
        )
        for number, block in enumerate(entries):
            x = area.x + SIDE + (block.start - first) * unit
            bar = Area(x + 0.6, y + 4, (block.end - block.start) * unit - 1.2, tall - 8)
            fill = colours.setdefault(block.title, tints[len(colours) % len(tints)])
            page.ink.append(Shape(bar, fill, look.line if outlined else None, 0.5))
            mark = page.mark("timed", bar, [block], missed=0 < number < len(entries) - 1)
            lines = clock.span_lines(block.start, block.end)
            pieces = [
                Piece(clock.span(block.start, block.end), look.face, "#333333", 0.85, lines),
                Piece(block.title, look.bold, "#111111"),
            ]
            if bar.w < ONE_LINE:
                pieces = [
                    Piece(
                        f"{clock.span(block.start, block.end)} {block.title}", look.face, "#111111"
                    )
                ]
            upright = bar.w >= UPRIGHT and _longest_word(pieces, look.size) <= bar.w - 4
            angle = 0 if upright else 90
            set_text(
                page, bar.inset(1.5, 2), pieces, look.size, mark=mark, angle=angle, leading=1.15
            )
    blocks = [block for entries in agenda for block in entries]
    layout = ("days-rows", "proportional", "time-in-cell", "uneven-days", *clock.words())
    return Drawing([page], heading.title, blocks, layout, "hard")
