"""Days that do not share their times: each day's own list, without gaps or overlaps."""

from samples.generator import words
from samples.generator.page import Block
from samples.generator.stock import Stock

LENGTHS = (30, 40, 45, 50, 60, 70, 75)


def _split(stock: Stock, minutes: int) -> list[int]:
    """Lesson lengths that add up to the minutes, none under 25."""
    rng, parts = stock.rng, []
    while minutes > 0:
        choices = [n for n in LENGTHS if n == minutes or minutes - n >= 25]
        if not choices:
            parts.append(minutes)
            break
        parts.append(rng.choice(choices))
        minutes -= parts[-1]
    return parts


def plan_agenda(
    stock: Stock, flavour: str, *, gaps: float = 0.0, notes: bool = False
) -> list[list[Block]]:
    """Five days; `gaps` is how often a lesson is left out, so that an hour stays free."""
    rng = stock.rng
    start = rng.choice((510, 520, 525, 530, 540))
    titles = stock.subjects(flavour, 14)
    common = {role: stock.common(role, flavour) for role in ("register", "break", "lunch", "close")}
    register, rest, lunch = (
        rng.choice((10, 15, 20)),
        rng.choice((15, 20, 30)),
        rng.choice((45, 50, 60)),
    )
    end = start + rng.choice((375, 380, 390, 395))
    rooms: dict[str, str] = {}
    week = []
    for index, day in enumerate(words.DAYS):
        minute, entries = start, []

        def add(title: str, minutes: int, *, lesson: bool = False) -> None:
            nonlocal minute
            note = (rooms.setdefault(title, stock.room()),) if notes and lesson else ()
            if not (lesson and rng.random() < gaps):
                entries.append(Block(day, minute, minute + minutes, title, note))  # noqa: B023
            minute += minutes

        finish = end - (
            rng.choice((30, 45, 60)) if index == len(words.DAYS) - 1 and rng.random() < 0.5 else 0
        )
        morning, middle = rng.choice((75, 85, 90, 100)), rng.choice((60, 70, 75))
        add(common["register"], register)
        for minutes in _split(stock, morning):
            add(rng.choice(titles), minutes, lesson=True)
        add(common["break"], rest)
        for minutes in _split(stock, middle):
            add(rng.choice(titles), minutes, lesson=True)
        add(common["lunch"], lunch)
        closing = rng.choice((0, 15, 20))
        for minutes in _split(stock, finish - closing - minute):
            add(rng.choice(titles), minutes, lesson=True)
        if closing:
            add(common["close"], closing)
        week.append(entries)
    return week
