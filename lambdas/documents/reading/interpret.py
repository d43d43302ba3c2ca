"""Reading -> timetable, with a confidence that is earned.

Every layout has its interpreter; each hands on entries and doubts. The one with the fewest
costs wins. Confidence is 100 minus the cost of each doubt (`evidence.COSTS`): a document
completes at 98, so any doubt at all asks a person.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.timetable import DAYS, Block, InvalidTimetableError, Timetable
from lambdas.documents.reading.days import day_of, mentions_day
from lambdas.documents.reading.entries import Candidate, Entry, day_name
from lambdas.documents.reading.evidence import Doubt as Evidence
from lambdas.documents.reading.evidence import confidence_of
from lambdas.documents.reading.grid import read_grid
from lambdas.documents.reading.lines import chunks_of, lines_of
from lambdas.documents.reading.listing import read_list
from lambdas.documents.reading.open_grid import with_cells
from lambdas.documents.reading.page import Page, Reading, Word
from lambdas.documents.reading.provisos import Week, is_not_all, says_otherwise
from lambdas.documents.reading.spelling import spelling_doubts
from lambdas.documents.reading.times import ranges, singles, text_of

PHOTO = "photo"
"""Where nothing can be read, the light may be to blame: a person looks."""
SURE, PLENTY, MOST = 60, 100, 0.7
"""A picture was read well where this many letters, and this part of all, stand in words read as
surely as that."""
GRID = 9
"""Cells with something in them that make a table."""
MANY_TIMES = 12
"""Of which a person should see the page, whatever the days are called there."""
WHOLE_DAY = 4
"""Lessons of a day beside which one that holds a single thing is odd: a holiday, a trip."""
FEWEST_BLOCKS = 10
"""A week with fewer is more likely a poster or a club list."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    timetable: Timetable | None
    """None too where a timetable is there that could not be made out."""
    is_timetable: bool
    confidence: float
    doubts: list[Doubt] = field(default_factory=list)
    """What a model or a person should look at, and where."""


def interpret(reading: Reading) -> Interpretation:
    """The timetable the pages hold, how sure that is (0-100), and what a person should look at."""
    candidates = [c for c in (_grids(reading), read_list(reading.pages)) if c is not None]
    if not candidates:
        return _nothing(reading)
    judged = [_judged(candidate, reading) for candidate in candidates]
    best = max(judged, key=lambda i: (i.confidence, len(i.timetable.blocks) if i.timetable else 0))
    return best if best.is_timetable else _nothing(reading)


def _nothing(reading: Reading) -> Interpretation:
    """No layout fits. A text is refused for want of days and times; a picture only for what was
    read on it: what could not be read may be the timetable.
    """
    words = list(reading.words)
    days = len({day_of(word.text.rstrip(":")) for word in words} - {None})
    times = sum(1 for line in lines_of(words) for _ in singles(line.text))
    picture = reading.route == "ocr"
    if not words and not (picture and _may_hold_something(reading)):
        return _refused("Nothing could be read in the document.")
    if days >= 4 or times >= MANY_TIMES or (days >= 2 and (times >= 8 or picture)):
        doubt = "There are days and times, but no table could be made out of them."
    elif picture and not _read_well(words):
        doubt = "The picture is too hard to read to say what it is."
    elif picture and _is_grid(reading) and (days or times):
        doubt = "There is a table with days or times, but no week could be made out of it."
    else:
        return _refused(
            "No days with lessons and times were found: this does not look like a timetable."
        )
    return _without_table(doubt, is_timetable=True)


def _refused(doubt: str) -> Interpretation:
    return _without_table(doubt, is_timetable=False)


def _without_table(why: str, *, is_timetable: bool) -> Interpretation:
    doubt = Doubt(rule="no-table", why=why)
    return Interpretation(timetable=None, is_timetable=is_timetable, confidence=0.0, doubts=[doubt])


def _may_hold_something(reading: Reading) -> bool:
    """Not a blank page: ink that nobody could read, or a page that could not be looked at."""
    inked = any(cell.ink for page in reading.pages for cell in page.cells)
    return reading.kind == PHOTO or inked or bool(reading.remarks)


def _read_well(words: list[Word]) -> bool:
    """Plenty was read, and most of all there is, surely. Photographed letters reach 0.59 to 0.98
    of their letters, blurred timetables 0.3.
    """
    letters = sum(len(word.text) for word in words)
    sure = sum(
        len(word.text)
        for word in words
        if word.sure >= SURE and sum(char.isalnum() for char in word.text) >= 3
    )
    return sure >= PLENTY and sure >= MOST * letters


def _is_grid(reading: Reading) -> bool:
    return sum(cell.ink for page in reading.pages for cell in page.cells) >= GRID


def _grids(reading: Reading) -> Candidate | None:
    """One grid of the document: of its pages those that hold one, each read the way that fits
    better.
    """
    found: list[Candidate] = []
    unread: list[int] = []
    for number, page in enumerate(reading.pages, 1):
        ways = [read_grid(page, transposed=False), read_grid(page, transposed=True)]
        drawn_in = with_cells(page)
        if drawn_in is not None:
            ways.append(read_grid(drawn_in, transposed=False))
        best = [way for way in ways if way is not None]
        if best:
            way = max(best, key=lambda c: (confidence_of(c.doubts), len(c.entries)))
            way.doubts = [doubt.at(page=number) for doubt in way.doubts]
            found.append(way)
        elif _speaks_of_lessons(page):
            unread.append(number)
    if not found:
        return None
    for number in unread:
        found[0].doubt(
            "unexplained-text",
            f"Page {number} speaks of days or times, and no table could be made out of it.",
            page=number,
        )
    whole = found[0]
    for other in found[1:]:
        if whole.days & other.days:
            whole.doubt("several-tables", "The same days stand on more than one page.")
        whole.entries += other.entries
        whole.doubts += other.doubts
        whole.days |= other.days
    return whole


def _speaks_of_lessons(page: Page) -> bool:
    """A table, or a line with a day or a time: it may go on from another page, or change it."""
    held = [cell for cell in page.cells if cell.words]
    lines = lines_of([*page.words, *(word for cell in held for word in cell.words)])
    return len(held) >= GRID or any(
        mentions_day(line.text) or any(True for _ in singles(line.text)) for line in lines
    )


def _judged(candidate: Candidate, reading: Reading) -> Interpretation:
    _week(candidate)
    for remark in reading.remarks:
        candidate.doubt("remark", remark)
    for number, page in enumerate(reading.pages, 1):
        for side in page.cut:
            words = f"The table is cut off at the {side} of the page."
            candidate.doubt("remark", words, page=number)
    if candidate.layout != "list":
        _elsewhere(candidate, reading)
    _not_all(candidate, reading)
    if reading.route == "ocr":
        for doubt in spelling_doubts([entry.title for entry in candidate.entries]):
            candidate.add(doubt)
    timetable = _timetable(candidate, _title(reading.pages[0]))
    return Interpretation(
        timetable=timetable,
        is_timetable=len(candidate.days) >= 2 and len(candidate.entries) >= 4,
        confidence=confidence_of(candidate.doubts),
        doubts=[_told(doubt, reading) for doubt in candidate.doubts],
    )


def _elsewhere(candidate: Candidate, reading: Reading) -> None:
    """Lines outside the table that say of a day when something is on, which may belong to the week,
    or that something is not as the table has it.
    """
    week = Week.of(candidate.entries)
    starts = {entry.start for entry in candidate.entries}
    ends = {entry.end for entry in candidate.entries}
    for number, page in enumerate(reading.pages, 1):
        for line in lines_of(page.words):
            if mentions_day(line.text) and any(
                span.end is not None and not (span.start in starts and span.end in ends)
                for span in ranges(line.text)
            ):
                candidate.doubt(
                    "unexplained-text",
                    f"{line.text!r} outside the table speaks of a day and of times.",
                    page=number,
                    text=line.text,
                )
            if says_otherwise(line.text, week):
                candidate.doubt(
                    "unexplained-text",
                    f"{line.text!r} outside the table may change what it says.",
                    page=number,
                    text=line.text,
                )


def _not_all(candidate: Candidate, reading: Reading) -> None:
    for number, page in enumerate(reading.pages, 1):
        for line in lines_of(page.words):
            if is_not_all(line.text):
                words = f"{line.text!r} says that this is not all."
                candidate.doubt("unexplained-text", words, page=number, text=line.text)


def _week(candidate: Candidate) -> None:
    """Monday to Friday, each with something in it."""
    held = {entry.day for entry in candidate.entries}
    missing = [day for day in range(5) if day not in held]
    if missing:
        names = ", ".join(day_name(day) for day in missing)
        candidate.doubt("days-incomplete", f"Nothing was found for {names}.", day=missing[0])
    many = Counter(entry.day for entry in candidate.entries)
    for day, count in many.items():
        if count == 1 and max(many.values()) >= WHOLE_DAY:
            title = next(entry.title for entry in candidate.entries if entry.day == day)
            words = f"{day_name(day)} holds nothing but {title!r}: is that so every week?"
            candidate.doubt("days-incomplete", words, day=day, text=title)
    if 6 in held and 5 not in held:
        candidate.doubt("days-incomplete", "Sunday is there and Saturday is not.")
    if len(candidate.entries) < FEWEST_BLOCKS:
        candidate.doubt("few-blocks", f"Only {len(candidate.entries)} lessons were found.")


def _timetable(candidate: Candidate, title: str) -> Timetable | None:
    """Entries that break the model's rules are left out, each with a doubt."""
    kept: list[Entry] = []
    for entry, count in Counter(candidate.entries).items():
        if count > 1:
            candidate.doubt(
                "slot-twice", f"{entry.place}: {entry.title!r} was found twice.", **_of(entry)
            )
        clash = [
            e for e in kept if e.day == entry.day and e.start < entry.end and entry.start < e.end
        ]
        if clash:
            candidate.doubt(
                "slot-twice",
                f"{entry.place}: {entry.title!r} overlaps {clash[0].title!r}.",
                **_of(entry),
            )
            continue
        kept.append(entry)
    try:
        return Timetable(title=title, blocks=tuple(_block(entry) for entry in kept))
    except InvalidTimetableError as error:
        candidate.doubt("invalid", str(error))
        return None


def _of(entry: Entry) -> dict[str, Any]:
    return {"day": entry.day, "start": entry.start, "text": entry.title}


def _told(doubt: Evidence, reading: Reading) -> Doubt:
    """As others are told of it: the box as parts of the page people are shown."""
    place = doubt.place
    number = place.page or (1 if len(reading.pages) == 1 else None)
    box = None
    if place.box is not None and number is not None:
        box = reading.pages[number - 1].shown(place.box)
    return Doubt(
        rule=doubt.rule,
        why=doubt.words,
        page=number,
        day=DAYS[place.day] if place.day is not None else None,
        start=text_of(place.start) if place.start is not None else None,
        row=place.row,
        text=place.text,
        box=box,
    )


def _block(entry: Entry) -> Block:
    return Block(
        day=DAYS[entry.day],
        start=text_of(entry.start),
        end=text_of(entry.end),
        title=entry.title,
        notes=entry.notes,
    )


def _title(page: Page) -> str:
    """The largest line in the upper part of the first page."""
    words = [*page.words, *(word for cell in page.cells for word in cell.words)]
    lines = [line for line in chunks_of(words, gap=2.5) if line.box.y < page.height * 0.35]
    return max(lines, key=lambda line: (line.size, -line.box.y)).text if lines else ""
