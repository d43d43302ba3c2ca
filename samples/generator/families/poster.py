"""The week as a poster: big title, bright rounded tiles, stars, a border; no lines."""

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.columns import day_heads, tile_paint, week_cells
from samples.generator.grid import Grid, edges
from samples.generator.look import pick_look
from samples.generator.page import A4_LANDSCAPE, Area, Drawing, Page
from samples.generator.page import Shape as Box
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_line
from samples.generator.week import DAY_COUNT, Shape, plan_week

COLOURS = ("#5b2a86", "#b5322b", "#1d6a96", "#2c7a3f", "#c05a00")
TITLES = (
    "Our Week in {klass}",
    "{klass}: what we do all week",
    "Welcome to {klass}!",
    "This week in {klass}",
)


def draw(stock: Stock) -> Drawing:
    rng = stock.rng
    flavour = rng.choice(("primary", "nursery"))
    week = plan_week(stock, Shape(flavour=flavour, merged_days=0.9, doubles=0.7))
    clock = pick_clock(rng, ("12-suffix", "12-dots-suffix", "12", "12-dots"))
    look = pick_look(stock, handwritten=rng.random() < 0.3, size=10.5)
    colour = rng.choice(COLOURS)
    page = Page(A4_LANDSCAPE, rng.choice(("#fffbe8", "#fdf2f8", "#f0f8ff", "#ffffff", "#f3faef")))
    if rng.random() < 0.6:
        frame = Area(14, 14, page.width - 28, page.height - 28)
        page.ink.append(Box(frame, None, colour, rng.choice((2, 4)), rng.choice((0, 12))))
    title = rng.choice(TITLES).format(klass=rng.choice(words.CLASSES[flavour]))
    mark = page.mark("title", Area(60, 26, page.width - 120, 34))
    set_line(
        page, page.width / 2, 54, title, look.bold, 25, colour, align="centre", mark=mark, room=700
    )
    xs = edges(34, [0.85] + [1] * DAY_COUNT, page.width - 68)
    ys = edges(68, [0.6] + [1] * len(week.periods), page.height - 68 - 46)
    grid = Grid(page, look, xs, ys, ruled=False, gap=2.2, radius=6)
    day_heads(
        grid,
        words.DAY_NAMES[rng.choice(("full", "full", "upper"))],
        fill=page.paper,
        dates=stock.dates(),
    )
    for row, period in enumerate(week.periods, start=1):
        lines = clock.span_lines(period.start, period.end)
        piece = Piece(clock.span(period.start, period.end), look.bold, colour, 0.9, lines)
        grid.cell((0, 0), (row, row), [piece], role="time", align="centre", valign="middle")
    week_cells(grid, week, tile_paint(stock))
    foot = f"* {stock.school(flavour)} * {stock.person()} and {stock.person()} *"
    set_line(
        page,
        page.width / 2,
        page.height - 28,
        foot,
        look.face,
        9.5,
        colour,
        align="centre",
        room=740,
    )
    layout = (
        "poster",
        "days-columns",
        "times-rows",
        "colour-no-grid",
        *week.shape_words(),
        *clock.words(),
    )
    return Drawing([page], title, week.blocks(), layout, "medium")
