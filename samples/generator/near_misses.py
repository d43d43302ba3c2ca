"""Tables from a school that are near misses: a menu, rotas, bus times. None is a timetable."""

from collections.abc import Sequence

from samples.generator import words
from samples.generator.clock import pick_clock
from samples.generator.grid import Grid, edges
from samples.generator.look import Look, pick_look
from samples.generator.page import A4_PORTRAIT, Area, Page, Rule
from samples.generator.stock import Stock
from samples.generator.typeset import Piece, set_line

DISHES = {
    "Main": (
        "Fish fingers and chips",
        "Roast chicken",
        "Sausage and mash",
        "Cottage pie",
        "Chicken curry",
    ),
    "Vegetarian": (
        "Vegetable lasagne",
        "Lentil curry with rice",
        "Macaroni cheese",
        "Cheese pizza",
        "Bean burger",
    ),
    "On the side": (
        "Carrots and peas",
        "Sweetcorn",
        "Salad bar",
        "Broccoli",
        "Garlic bread",
        "Coleslaw",
    ),
    "Pudding": ("Fruit salad", "Jelly", "Rice pudding", "Apple crumble", "Yoghurt", "Flapjack"),
}
PLACES = ("Playground", "Hall", "Gate", "Corridor", "Library", "Dining room")


def start(stock: Stock) -> tuple[Page, Look, Area]:
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


def heads(grid: Grid, names: Sequence[str]) -> None:
    for column, name in enumerate(names):
        piece = grid.look.heading(name, 0.9)
        grid.cell(
            (column, column), (0, 0), [piece], role="other", fill=grid.look.head, align="centre"
        )


def menu(stock: Stock) -> Page:
    rng = stock.rng
    page, look, area = start(stock)
    caption = f"Lunch menu, week {rng.randrange(1, 4)}"
    set_line(page, page.width / 2, 136, caption, look.bold, 16, "#111111", align="centre")
    grid = Grid(
        page, look, edges(area.x, [0.9] + [1] * 5, area.w), edges(160, [0.6] + [1] * 4, 340)
    )
    heads(grid, ("", *words.DAYS))
    for row, (name, dishes) in enumerate(DISHES.items(), start=1):
        piece = Piece(name, look.bold, look.ink, 0.9)
        grid.cell((0, 0), (row, row), [piece], role="other", fill=look.side)
        for column in range(1, 6):
            grid.cell((column, column), (row, row), look.lesson(rng.choice(dishes)), role="other")
    served = f"Served from {pick_clock(rng).time(725)} in the dining hall."
    set_line(page, area.x, 520, served, look.face, 10, "#111111")
    return page


def rota(stock: Stock) -> Page:
    page, look, area = start(stock)
    set_line(page, area.x, 136, "Cleaning rota – volunteers", look.bold, 16, "#111111")
    grid = Grid(page, look, edges(area.x, [1.4, 1, 1, 1], area.w), edges(160, [1] * 9, 290))
    heads(grid, ("Task", "Week 1", "Week 2", "Week 3"))
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


def duties(stock: Stock) -> Page:
    """The nearest miss: days across, places down, people in the cells, and no lesson anywhere."""
    rng = stock.rng
    page, look, area = start(stock)
    set_line(page, area.x, 136, "Break duty rota (staff)", look.bold, 16, "#111111")
    grid = Grid(
        page,
        look,
        edges(area.x, [1.1] + [1] * 5, area.w),
        edges(160, [0.8] + [1] * len(PLACES), 300),
    )
    heads(grid, ("Place", *words.DAYS))
    for row, place in enumerate(PLACES, start=1):
        grid.cell((0, 0), (row, row), look.lesson(place), role="other", fill=look.side)
        for column in range(1, 6):
            name = stock.person() if rng.random() < 0.85 else ""
            grid.cell((column, column), (row, row), look.lesson(name) if name else [], role="other")
    set_line(page, area.x, 490, "Please be outside before the bell goes.", look.face, 10, "#111111")
    return page


def buses(stock: Stock) -> Page:
    """Times in a table, but of buses."""
    rng = stock.rng
    page, look, area = start(stock)
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
    heads(grid, ("Stop", *[f"Run {i + 1}" for i in range(len(runs))]))
    for row, stop in enumerate(stops, start=1):
        grid.cell((0, 0), (row, row), look.lesson(stop), role="other", fill=look.side)
        for column, minute in enumerate(runs, start=1):
            time = clock.time(minute + 6 * row)
            grid.cell((column, column), (row, row), look.lesson(time), role="other")
    set_line(
        page, area.x, 440, "Runs Monday to Friday in term time only.", look.face, 10, "#111111"
    )
    return page
