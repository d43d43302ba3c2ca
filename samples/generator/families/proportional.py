"""Coloured boxes as tall as the lesson is long, no grid: what a college's calendar prints."""

from samples.generator import words
from samples.generator.agenda import plan_agenda
from samples.generator.clock import pick_clock
from samples.generator.heading import head_and_foot, pick_heading
from samples.generator.look import TILES, pick_look
from samples.generator.page import A4_LANDSCAPE, Area, Drawing, Page, Shape
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_text

COMMON = "#ececec"
# Shorter than this there is room for one line only: time and title beside each other.
ONE_LINE = 24.0


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("sixth", "sixth", "secondary"))
    agenda = plan_agenda(
        stock, flavour, gaps=rng.choice((0.0, 0.15, 0.3)), notes=rng.random() < 0.7
    )
    clock = pick_clock(rng, ("24", "24-bare", "12-dots", "12-suffix"))
    look = pick_look(stock, size=8.5)
    page = Page(A4_LANDSCAPE, rng.choice(("#ffffff", "#fbfcfe", "#fafafa")))
    heading = pick_heading(stock, flavour)
    area = head_and_foot(page, stock, look, heading)
    names = words.DAY_NAMES[rng.choice(("three-upper", "three", "full"))]
    first = min(e[0].start for e in agenda)
    last = max(e[-1].end for e in agenda)
    head = 26.0
    unit = (area.h - head) / (last - first)
    wide = area.w / len(agenda)
    tints = list(TILES)
    rng.shuffle(tints)
    colours: dict[str, str] = {}
    dates = stock.dates()
    shared = set.intersection(*({b.title for b in entries} for entries in agenda))
    radius = rng.choice((0, 2, 4))
    for index, entries in enumerate(agenda):
        x = area.x + index * wide + 2
        box = Area(x, area.y, wide - 4, head - 4)
        mark = page.mark("day", box)
        head_lines = [Piece(names[index], look.bold, "#333333", 1.2)]
        head_lines += [Piece(date, look.face, "#666666", 0.85) for date in dates[index:][:1]]
        set_text(page, box, head_lines, look.size, mark=mark, leading=1.1)
        for number, block in enumerate(entries):
            top = area.y + head + (block.start - first) * unit
            tile = Area(x, top + 0.7, wide - 4, (block.end - block.start) * unit - 1.4)
            fill = (
                COMMON
                if block.title in shared
                else colours.setdefault(block.title, tints[len(colours) % len(tints)])
            )
            page.ink.append(Shape(tile, fill, None, 0, radius))
            mark = page.mark("timed", tile, [block], missed=0 < number < len(entries) - 1)
            span = clock.span(block.start, block.end)
            if tile.h < ONE_LINE:
                pieces = [Piece(f"{span} {block.title}", look.face, "#1c1c1c")]
            else:
                pieces = [
                    Piece(span, look.face, "#333333", 0.85),
                    Piece(block.title, look.bold, "#111111"),
                ]
                if tile.h > ONE_LINE * 1.5:
                    pieces += [Piece(note, look.face, "#555555", 0.85) for note in block.notes]
            set_text(
                page,
                tile.inset(4, 1),
                pieces,
                look.size,
                align="left",
                valign="top",
                mark=mark,
                leading=1.12,
            )
    blocks = [block for entries in agenda for block in entries]
    layout = (
        "days-columns",
        "proportional",
        "colour-no-grid",
        "time-in-cell",
        "uneven-days",
        *clock.words(),
    )
    return Drawing([page], heading.title, blocks, layout, "medium")
