"""What comes in a school's post and is no timetable, though days and times stand in it."""

from collections.abc import Callable, Sequence

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.grid import Grid, edges
from samples.generator.look import Look, pick_look
from samples.generator.page import A4_PORTRAIT, Area, Drawing, Page, Rule
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_line, set_text

PARAGRAPHS = (
    "Parents' evening will be held on {day} from {a} to {b}. Appointments last ten minutes; please ask at the office.",
    "The book fair is open in the library after school from Monday to Thursday. Every pound spent earns free books.",
    "May I remind you that the gates open at {c} and that lessons begin ten minutes later.",
    "The photographer is visiting on {day}. Brothers and sisters may come between {c} and {a}.",
    "Year 6 leave for the museum on {day} at {c} and are back by {b}. A packed lunch is needed.",
    "School dinners cost £2.65 a day from next term. Accounts must be in credit by {day}.",
    "The car park will be closed on {day} while the roof is mended. Please walk if you can.",
    "Thank you to everybody who helped at the summer fair, which raised £1,248 for the new library.",
)
DISHES = {
    "Main": ("Fish fingers and chips", "Roast chicken", "Sausage and mash", "Cottage pie", "Chicken curry"),
    "Vegetarian": ("Vegetable lasagne", "Lentil curry with rice", "Macaroni cheese", "Cheese pizza", "Bean burger"),
    "On the side": ("Carrots and peas", "Sweetcorn", "Salad bar", "Broccoli", "Garlic bread", "Coleslaw"),
    "Pudding": ("Fruit salad", "Jelly", "Rice pudding", "Apple crumble", "Yoghurt", "Flapjack"),
}  # fmt: skip
PLACES = ("Playground", "Hall", "Gate", "Corridor", "Library", "Dining room")
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
ITEMS = ("Exercise books A4", "Glue sticks", "Whiteboard pens", "Paper 80 g", "Paint, ready mixed", "Footballs size 4",
         "Recorders", "Plasters", "Batteries AA", "Chairs, stacking")  # fmt: skip


def _start(stock: Stock) -> tuple[Page, Look, Area]:
    page, look = Page(A4_PORTRAIT), pick_look(stock, size=10)
    area = Area(56, 56, page.width - 112, page.height - 112)
    set_line(
        page,
        page.width / 2,
        74,
        stock.school(),
        look.bold,
        17,
        "#111111",
        align="centre",
        room=area.w,
    )
    set_line(
        page,
        page.width / 2,
        90,
        "Mill Lane · 01632 960 381",
        look.face,
        9,
        "#444444",
        align="centre",
    )
    page.ink.append(Rule(area.x, 100, area.x + area.w, 100, "#333333", 0.8))
    return page, look, area


def _letter(stock: Stock) -> Page:
    rng = stock.rng
    page, look, area = _start(stock)
    clock, top = pick_clock(rng), 130.0
    set_line(
        page, area.x + area.w, 124, "21 September 2026", look.face, 10, "#111111", align="right"
    )
    texts = [form.format(day=rng.choice(words.DAYS), a=clock.time(930), b=clock.time(1110), c=clock.time(520))
             for form in rng.sample(PARAGRAPHS, rng.randrange(3, 6))]  # fmt: skip
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


def _heads(grid: Grid, names: Sequence[str]) -> None:
    for column, name in enumerate(names):
        piece = grid.look.heading(name, 0.9)
        grid.cell(
            (column, column), (0, 0), [piece], role="other", fill=grid.look.head, align="centre"
        )


def _invoice(stock: Stock) -> Page:
    rng = stock.rng
    page, look, area = _start(stock)
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
    _heads(grid, ("Item", "Quantity", "Price", "Total"))
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


def _menu(stock: Stock) -> Page:
    rng = stock.rng
    page, look, area = _start(stock)
    caption = f"Lunch menu, week {rng.randrange(1, 4)}"
    set_line(page, page.width / 2, 136, caption, look.bold, 16, "#111111", align="centre")
    grid = Grid(
        page, look, edges(area.x, [0.9] + [1] * 5, area.w), edges(160, [0.6] + [1] * 4, 340)
    )
    _heads(grid, ("", *words.DAYS))
    for row, (name, dishes) in enumerate(DISHES.items(), start=1):
        piece = Piece(name, look.bold, look.ink, 0.9)
        grid.cell((0, 0), (row, row), [piece], role="other", fill=look.side)
        for column in range(1, 6):
            grid.cell((column, column), (row, row), look.lesson(rng.choice(dishes)), role="other")
    served = f"Served from {pick_clock(rng).time(725)} in the dining hall."
    set_line(page, area.x, 520, served, look.face, 10, "#111111")
    return page


def _rota(stock: Stock) -> Page:
    page, look, area = _start(stock)
    set_line(page, area.x, 136, "Cleaning rota – volunteers", look.bold, 16, "#111111")
    grid = Grid(page, look, edges(area.x, [1.4, 1, 1, 1], area.w), edges(160, [1] * 9, 290))
    _heads(grid, ("Task", "Week 1", "Week 2", "Week 3"))
    tasks = (
        "Hall",
        "Kitchen",
        "Bins",
        "Gate",
        "Garden",
        "Shed",
        "Library shelves",
        "Lost property",
    )
    for row, task in enumerate(tasks, start=1):
        grid.cell((0, 0), (row, row), look.lesson(task), role="other", fill=look.side)
        for column in range(1, 4):
            grid.cell((column, column), (row, row), look.lesson(stock.person()), role="other")
    return page


def _duties(stock: Stock) -> Page:
    """The nearest miss: days across, places down, people in the cells, and no lesson anywhere."""
    rng = stock.rng
    page, look, area = _start(stock)
    set_line(page, area.x, 136, "Break duty rota (staff)", look.bold, 16, "#111111")
    grid = Grid(
        page,
        look,
        edges(area.x, [1.1] + [1] * 5, area.w),
        edges(160, [0.8] + [1] * len(PLACES), 300),
    )
    _heads(grid, ("Place", *words.DAYS))
    for row, place in enumerate(PLACES, start=1):
        grid.cell((0, 0), (row, row), look.lesson(place), role="other", fill=look.side)
        for column in range(1, 6):
            name = stock.person() if rng.random() < 0.85 else ""
            grid.cell((column, column), (row, row), look.lesson(name) if name else [], role="other")
    set_line(page, area.x, 490, "Please be outside before the bell goes.", look.face, 10, "#111111")
    return page


def _buses(stock: Stock) -> Page:
    """Times in a table, but of buses."""
    rng = stock.rng
    page, look, area = _start(stock)
    clock = pick_clock(rng, ("24", "24-none", "24-dots"))
    set_line(
        page, area.x, 136, f"School bus {rng.randrange(10, 99)} – times", look.bold, 16, "#111111"
    )
    stops = ("Mill Lane", "Station", "Church", "Market Square", "New Estate", "School")
    runs = [rng.randrange(430, 470) + 35 * i for i in range(4)]
    grid = Grid(
        page,
        look,
        edges(area.x, [1.8] + [1] * len(runs), area.w),
        edges(160, [1] * (len(stops) + 1), 250),
    )
    _heads(grid, ("Stop", *[f"Run {i + 1}" for i in range(len(runs))]))
    for row, stop in enumerate(stops, start=1):
        grid.cell((0, 0), (row, row), look.lesson(stop), role="other", fill=look.side)
        for column, start in enumerate(runs, start=1):
            time = clock.time(start + 6 * row)
            grid.cell((column, column), (row, row), look.lesson(time), role="other")
    set_line(
        page, area.x, 440, "Runs Monday to Friday in term time only.", look.face, 10, "#111111"
    )
    return page


def _clubs(stock: Stock) -> Page:
    """A list of clubs: days and times and names, and still nobody's timetable."""
    rng = stock.rng
    page, look, area = _start(stock)
    clock = pick_clock(rng)
    set_line(
        page, area.x, 136, "After-school clubs – sign up at the office", look.bold, 15, "#111111"
    )
    top = 166.0
    for club in rng.sample(CLUBS, 7):
        text = f"{club}: {rng.choice(words.DAYS)}s until {clock.time(rng.choice((960, 975, 990)))}, £{rng.randrange(2, 5)} a week"
        set_line(page, area.x + 10, top, text, look.face, 11, "#111111")
        top += 22
    return page


WRITERS: dict[str, Callable[[Stock], Page]] = {
    "letter": _letter, "invoice": _invoice, "menu": _menu, "rota": _rota, "duties": _duties, "buses": _buses,
    "clubs": _clubs,
}  # fmt: skip
KINDS = tuple(WRITERS)


def draw(stock: Stock, kind: str) -> Drawing:
    """A document that is no timetable: no title, no blocks."""
    return Drawing([WRITERS[kind](stock)], "", [], (kind, "not-timetable"), "medium")
