"""A school week before it has a layout: periods down, days across, and cells that may span both."""

from dataclasses import dataclass, field
from random import Random

from samples.generator import words
from samples.generator.page import Block
from samples.generator.stock import NOTED, Stock

DAY_COUNT = len(words.DAYS)
LAST = DAY_COUNT - 1
EARLIEST_END = 14 * 60
LATEST_END = 16 * 60


@dataclass(frozen=True)
class Period:
    """A row of the week; role is register, early, lesson, break, assembly, lunch or close."""

    role: str
    start: int
    end: int
    label: str


@dataclass(frozen=True)
class Cell:
    """What stands in a rectangle of days and periods, ends included. No title: a free period."""

    first_day: int
    last_day: int
    first: int
    last: int
    title: str
    notes: tuple[str, ...] = ()
    role: str = "lesson"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a week may contain; a layout asks for what it can draw."""

    flavour: str
    merged_days: float = 0.5
    doubles: float = 0.5
    empty: float = 0.0
    notes: bool = False
    own_friday: bool = False
    lesson_minutes: tuple[int, ...] = (45, 50, 55, 60)
    teacher: bool = False
    early: float = 0.5
    close: float = 0.5
    blocks: tuple[int, int, int] = (0, 0, 0)
    """Lessons before break, before lunch, after lunch; zeros: by chance."""


@dataclass
class Week:
    periods: list[Period]
    friday: list[Period]
    cells: list[Cell] = field(default_factory=list)

    def period(self, day: int, row: int) -> Period:
        return (self.friday if day == LAST else self.periods)[row]

    def blocks_of(self, cell: Cell) -> list[Block]:
        if not cell.title:
            return []
        return [
            Block(
                words.DAYS[day],
                self.period(day, cell.first).start,
                self.period(day, cell.last).end,
                cell.title,
                cell.notes,
            )
            for day in range(cell.first_day, cell.last_day + 1)
        ]

    def blocks(self) -> list[Block]:
        return [block for cell in self.cells for block in self.blocks_of(cell)]

    @property
    def has_free_periods(self) -> bool:
        return any(not cell.title for cell in self.cells)

    def day_cells(self, day: int) -> list[Cell]:
        found = [c for c in self.cells if c.first_day <= day <= c.last_day and c.title]
        return sorted(found, key=lambda c: c.first)

    def shape_words(self) -> tuple[str, ...]:
        found = []
        if any(c.last_day > c.first_day for c in self.cells):
            found.append("merged-days")
        if any(c.last > c.first for c in self.cells):
            found.append("merged-periods")
        if self.has_free_periods:
            found.append("empty-cells")
        return tuple(found)


def plan_periods(rng: Random, shape: Shape) -> list[Period]:
    """The day's skeleton: times that follow each other without gaps, ending when schools end."""
    while True:
        periods = _try_periods(rng, shape)
        if EARLIEST_END <= periods[-1].end <= LATEST_END:
            return periods


def _try_periods(rng: Random, shape: Shape) -> list[Period]:
    minute = rng.choice((500, 510, 515, 520, 525, 530, 535, 540))
    before, between, after = (
        shape.blocks
        if any(shape.blocks)
        else rng.choice(((2, 2, 2), (2, 1, 2), (1, 2, 2), (2, 2, 1), (2, 1, 3)))
    )
    length = rng.choice(shape.lesson_minutes)
    plan: list[tuple[str, int]] = [("register", rng.choice((10, 15, 20)))]
    if rng.random() < shape.early:
        plan.append(("early", rng.choice((15, 20, 25, 30))))
    plan += [("lesson", length)] * before
    plan.append(("break", rng.choice((15, 20))))
    if rng.random() < shape.early * 0.6:
        plan.append(("assembly", rng.choice((15, 20, 25))))
    plan += [("lesson", length)] * between
    plan.append(("lunch", rng.choice((45, 50, 55, 60))))
    plan += [("lesson", length)] * after
    if rng.random() < shape.close:
        plan.append(("close", rng.choice((10, 15, 20))))
    periods, number = [], 0
    for role, minutes in plan:
        number += role == "lesson"
        label = str(number) if role == "lesson" else role
        periods.append(Period(role, minute, minute + minutes, label))
        minute += minutes
    return periods


def _friday(rng: Random, periods: list[Period]) -> list[Period]:
    """The same rows with times of their own: a short Friday."""
    minute, rows = periods[0].start, []
    for period in periods:
        minutes = period.end - period.start
        if period.role == "lesson":
            minutes -= rng.choice((5, 10))
        elif period.role == "lunch":
            minutes -= 10
        rows.append(Period(period.role, minute, minute + minutes, period.label))
        minute += minutes
    return rows


def _split_days(rng: Random, last: int) -> list[tuple[int, int]]:
    """Neighbouring days that share a cell."""
    choice = rng.random()
    if choice < 0.5:
        return [(0, last)]
    if choice < 0.8 and last == LAST:
        return [(0, 3), (4, 4)]
    cut = rng.randrange(1, last) if last > 1 else 1
    return [(0, cut), (cut + 1, last)] if cut < last else [(0, last)]


def _common_cells(
    rng: Random, stock: Stock, shape: Shape, week: Week, row: int, merge: bool
) -> None:
    role = week.periods[row].role
    title = stock.common(role, shape.flavour)
    if shape.teacher and role != "register":
        for day in range(DAY_COUNT):
            duty = rng.random() < 0.25
            text = rng.choice(words.DUTIES) if duty else ""
            notes = (stock.room(),) if text and shape.notes else ()
            week.cells.append(Cell(day, day, row, row, text, notes, role))
        return
    varied = role in ("early", "assembly")
    last = LAST - 1 if shape.own_friday else LAST
    if merge and not (varied and rng.random() < 0.4):
        spans = [(0, last)] if role in ("register", "break", "lunch") else _split_days(rng, last)
    else:
        spans = [(day, day) for day in range(last + 1)]
    if shape.own_friday:
        spans.append((LAST, LAST))
    for index, (first, final) in enumerate(spans):
        text = stock.common(role, shape.flavour) if varied or (role == "close" and index) else title
        week.cells.append(Cell(first, final, row, row, text, (), role))


def _notes(
    stock: Stock, shape: Shape, style: str, title: str, known: dict[str, tuple[str, str]]
) -> tuple[str, ...]:
    if not shape.notes:
        return ()
    person, room = known.setdefault(title, (stock.person(), stock.room()))
    return {"both": (person, room), "room": (room,), "person": (person,)}[style]


def _lesson_titles(rng: Random, stock: Stock, shape: Shape) -> list[str]:
    if shape.teacher:
        subject = rng.sample(words.TEACHER_SUBJECTS, 2)
        codes = rng.sample(words.CODES, 7)
        return [f"{code} {rng.choice(subject)}" for code in codes] + ["PPA"]
    return stock.subjects(shape.flavour, rng.randrange(9, 15))


def plan_week(stock: Stock, shape: Shape) -> Week:
    """A week whose cells tile the grid: every day and period belongs to exactly one cell."""
    rng = stock.rng
    periods = plan_periods(rng, shape)
    week = Week(periods, _friday(rng, periods) if shape.own_friday else periods)
    merge = rng.random() < shape.merged_days
    titles, known = _lesson_titles(rng, stock, shape), {}
    named = shape.flavour in NOTED and not shape.teacher
    style = rng.choice(("both", "room", "person")) if named else "room"
    # The first subjects come up every day, the last once a week.
    weights = [3 if i < 3 else 1 for i in range(len(titles))]
    taken: set[tuple[int, int]] = set()
    for row, period in enumerate(periods):
        if period.role != "lesson":
            _common_cells(rng, stock, shape, week, row, merge)
            continue
        for day in range(DAY_COUNT):
            if (day, row) in taken:
                continue
            title = rng.choices(titles, weights)[0]
            last, wide = row, day
            follows = row + 1 < len(periods) and periods[row + 1].role == "lesson"
            empty = rng.random() < shape.empty
            if not empty and follows and rng.random() < shape.doubles * 0.22:
                last = row + 1
            elif (
                not empty
                and merge
                and day < LAST - shape.own_friday
                and rng.random() < shape.merged_days * 0.12
            ):
                wide = day + 1 if (day + 1, row) not in taken else day
            taken |= {(d, r) for d in range(day, wide + 1) for r in range(row, last + 1)}
            notes = _notes(stock, shape, style, title, known)
            week.cells.append(
                Cell(day, wide, row, last, "" if empty else title, () if empty else notes)
            )
    week.cells.sort(key=lambda c: (c.first, c.first_day))
    return week
