"""What comes in a school's post and is no timetable, though days and times stand in it."""

from collections.abc import Callable

from samples.generator import near_misses, words
from samples.generator.clock import pick_clock
from samples.generator.grid import Grid, edges
from samples.generator.near_misses import heads, start
from samples.generator.page import Area, Drawing, Page
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_line, set_text

PARAGRAPHS = (
    "Parents' evening will be held on {day} from {a} to {b}. Appointments last ten minutes; please "
    "ask at the office.",
    "The book fair is open in the library after school from Monday to Thursday. Every pound spent "
    "earns free books.",
    "May I remind you that the gates open at {c} and that lessons begin ten minutes later.",
    "The photographer is visiting on {day}. Brothers and sisters may come between {c} and {a}.",
    "Year 6 leave for the museum on {day} at {c} and are back by {b}. A packed lunch is needed.",
    "School dinners cost £2.65 a day from next term. Accounts must be in credit by {day}.",
    "The car park will be closed on {day} while the roof is mended. Please walk if you can.",
    "Thank you to everybody who helped at the summer fair. It raised £1,248 for the new library.",
)
CLUBS = (
    "Chess",
    "Choir",
    "Football",
    "Netball",
    "Gardening",
    "Coding",
    "Lego",
    "Running",
    "Art",
    "Recorder",
)
ITEMS = (
    "Exercise books A4",
    "Glue sticks",
    "Whiteboard pens",
    "Paper 80 g",
    "Paint, ready mixed",
    "Footballs size 4",
    "Recorders",
    "Plasters",
    "Batteries AA",
    "Chairs, stacking",
)


def _letter(stock: Stock) -> Page:
    rng = stock.rng
    page, look, area = start(stock)
    clock, top = pick_clock(rng), 130.0
    set_line(
        page, area.x + area.w, 124, "21 September 2026", look.face, 10, "#111111", align="right"
    )
    texts = [
        form.format(
            day=rng.choice(words.DAYS), a=clock.time(930), b=clock.time(1110), c=clock.time(520)
        )
        for form in rng.sample(PARAGRAPHS, rng.randrange(3, 6))
    ]
    for text in (
        "Dear parents and carers,",
        *texts,
        "Yours sincerely,",
        stock.person(),
        "Headteacher",
    ):
        lines = 1 + len(text) // 80
        box = Area(area.x, top, area.w, 16.0 * lines + 6)
        set_text(
            page,
            box,
            [Piece(text, look.face, "#111111")],
            10.5,
            align="left",
            valign="top",
            leading=1.3,
        )
        top += 16.0 * lines + 12
    return page


def _invoice(stock: Stock) -> Page:
    rng = stock.rng
    page, look, area = start(stock)
    set_line(
        page, area.x, 140, f"INVOICE No. {rng.randrange(1000, 9999)}", look.bold, 15, "#111111"
    )
    rows = rng.randrange(4, 9)
    grid = Grid(
        page,
        look,
        edges(area.x, [3, 1, 1, 1], area.w),
        edges(170, [1] * (rows + 2), 26.0 * (rows + 2)),
    )
    heads(grid, ("Item", "Quantity", "Price", "Total"))
    total = 0
    for row, item in enumerate(rng.sample(ITEMS, rows), start=1):
        number, pence = rng.randrange(1, 40), rng.randrange(80, 4200)
        total += number * pence
        values = (item, str(number), f"£{pence / 100:.2f}", f"£{number * pence / 100:.2f}")
        for column, text in enumerate(values):
            grid.cell((column, column), (row, row), look.lesson(text), role="other")
    grid.cell(
        (0, 2), (rows + 1, rows + 1), look.lesson("To pay by Friday 9 October 2026"), role="other"
    )
    grid.cell((3, 3), (rows + 1, rows + 1), look.lesson(f"£{total / 100:.2f}"), role="other")
    return page


def _clubs(stock: Stock) -> Page:
    """A list of clubs: days and times and names, and still nobody's timetable."""
    rng = stock.rng
    page, look, area = start(stock)
    clock = pick_clock(rng)
    set_line(
        page, area.x, 136, "After-school clubs – sign up at the office", look.bold, 15, "#111111"
    )
    top = 166.0
    for club in rng.sample(CLUBS, 7):
        day, price = rng.choice(words.DAYS), rng.randrange(2, 5)
        until = clock.time(rng.choice((960, 975, 990)))
        text = f"{club}: {day}s until {until}, £{price} a week"
        set_line(page, area.x + 10, top, text, look.face, 11, "#111111")
        top += 22
    return page


WRITERS: dict[str, Callable[[Stock], Page]] = {
    "letter": _letter,
    "invoice": _invoice,
    "menu": near_misses.menu,
    "rota": near_misses.rota,
    "duties": near_misses.duties,
    "buses": near_misses.buses,
    "clubs": _clubs,
}
KINDS = tuple(WRITERS)


def draw(stock: Stock, kind: str) -> Drawing:
    """A document that is no timetable: no title, no blocks."""
    return Drawing([WRITERS[kind](stock)], "", [], (kind, "not-timetable"), "medium")
