"""Lists: one line for each lesson, the day in a column or as a heading over a table of its own."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from lambdas.documents.reading.agree import DISPUTED
from lambdas.documents.reading.chain import doubts_of
from lambdas.documents.reading.days import day_of
from lambdas.documents.reading.entries import Candidate, Entry, day_name
from lambdas.documents.reading.lines import Line
from lambdas.documents.reading.page import Page, around
from lambdas.documents.reading.provisos import Week, says_otherwise
from lambdas.documents.reading.rows import Heading, Row, headings_of, placed, rows_of
from lambdas.documents.reading.texts import UNSURE
from lambdas.documents.reading.times import prints_24_hours, ranges, whole


@dataclass(slots=True)
class _Lesson:
    page: int
    row: Row
    day: int | None
    pieces: list[Line]
    """Those that matter: not the notes."""
    entry: Entry | None = None


@dataclass(slots=True)
class _Reader:
    """What is known while going down the pages."""

    candidate: Candidate
    day: int | None = None
    headings: list[Heading] | None = None
    lessons: list[_Lesson] = field(default_factory=list)
    others: list[tuple[int, Row]] = field(default_factory=list)
    heads: list[tuple[int, Row]] = field(default_factory=list)
    day_headings: int = 0


def _at(page: int, row: Row) -> dict[str, Any]:
    """The place of a doubt about a row."""
    box = around([word.box for piece in row.pieces for word in piece.words])
    return {"page": page + 1, "text": row.text, "box": box}


def _of(lesson: _Lesson) -> dict[str, Any]:
    start = lesson.entry.start if lesson.entry else None
    return {**_at(lesson.page, lesson.row), "day": lesson.day, "start": start}


def read_list(pages: tuple[Page, ...]) -> Candidate | None:
    reader = _Reader(Candidate("list"))
    for number, page in enumerate(pages):
        for row in rows_of(page):
            _take(reader, number, row)
    candidate = reader.candidate
    candidate.twelve = not any(prints_24_hours(lesson.row.text) for lesson in reader.lessons)
    candidate.entries = [lesson.entry for lesson in reader.lessons if lesson.entry]
    candidate.days = {entry.day for entry in candidate.entries}
    if len(candidate.entries) < 3:
        return None
    _other_rows(reader)
    _pitches(reader, pages)
    _days(reader)
    _times(reader)
    _words(reader)
    return candidate


def _take(reader: _Reader, page: int, row: Row) -> None:
    headings = headings_of(row)
    if headings:
        reader.headings = headings
        reader.heads.append((page, row))
        return
    day = day_of(row.text)
    if day is not None and len(row.pieces) == 1:
        reader.day = day
        reader.day_headings += 1
        reader.heads.append((page, row))
        return
    cells = placed(row, reader.headings) if reader.headings else _guessed(row)
    times = _times_in(cells) if cells else None
    if cells is None or times is None:
        if any(True for _ in ranges(row.text)) and reader.headings and len(row.pieces) > 1:
            reader.candidate.doubt(
                "row-incomplete", f"{row.text!r} does not fit the columns.", **_at(page, row)
            )
        reader.others.append((page, row))
        return
    _lesson(reader, page, row, cells, times)


def _lesson(
    reader: _Reader, page: int, row: Row, cells: dict[str, str], times: tuple[int, int]
) -> None:
    notes = cells.get("notes", "")
    lesson = _Lesson(page, row, reader.day, [p for p in row.pieces if p.text not in notes])
    reader.lessons.append(lesson)
    if "day" in cells:
        lesson.day = day_of(cells["day"])
        if lesson.day is None:
            reader.candidate.doubt(
                "row-incomplete", f"{cells['day']!r} is no day.", **_at(page, row)
            )
        reader.day = lesson.day
    elif _has_day_column(reader):
        reader.candidate.doubt(
            "row-incomplete", f"No day stands in {row.text!r}.", **_at(page, row)
        )
    title = cells.get("title", "")
    if not title:
        reader.candidate.doubt(
            "row-incomplete", f"No lesson stands in {row.text!r}.", **_at(page, row)
        )
    elif not re.search(r"[^\W\d_]{2}", title):
        reader.candidate.doubt("title-odd", f"{title!r} is an unusual title.", **_at(page, row))
    if lesson.day is None:
        reader.candidate.doubt(
            "days-incomplete", f"It is not clear on which day {row.text!r} is.", **_at(page, row)
        )
    elif title:
        start, end = times
        if start >= end:
            reader.candidate.doubt(
                "time-order", f"{row.text!r} ends before it starts.", **_at(page, row)
            )
            return
        lesson.entry = Entry(lesson.day, start, end, title, cells.get("notes", ""))


def _has_day_column(reader: _Reader) -> bool:
    return any(heading.role == "day" for heading in reader.headings or ())


def _guessed(row: Row) -> dict[str, str] | None:
    """Without headings: a range, then one piece that can only be the lesson."""
    if len(row.pieces) != 2:
        return None
    span = whole(row.pieces[0].text)
    if span is None or span.end is None:
        return None
    return {"time": row.pieces[0].text, "title": row.pieces[1].text}


def _times_in(cells: dict[str, str]) -> tuple[int, int] | None:
    if "time" in cells:
        span = whole(cells["time"])
        return (span.start, span.end) if span is not None and span.end is not None else None
    if "start" in cells and "end" in cells:
        start, end = whole(cells["start"]), whole(cells["end"])
        if start is not None and end is not None and start.end is None and end.end is None:
            return start.start, end.start
    return None


def _other_rows(reader: _Reader) -> None:
    """Text that is neither heading nor lesson: between two lessons of a day, or where one could
    stand.
    """
    pitch = _pitch(reader)
    lessons = reader.lessons
    week = Week.of(lesson.entry for lesson in lessons if lesson.entry)
    for page, row in reader.others:
        if says_otherwise(row.text, week):
            words = f"{row.text!r} may change what the lessons say."
            reader.candidate.doubt("unexplained-text", words, **_at(page, row))
        above = [le for le in lessons if le.page == page and le.row.y < row.y]
        below = [le for le in lessons if le.page == page and le.row.y > row.y]
        if above and below and (above[-1].day == below[0].day or not reader.day_headings):
            reader.candidate.doubt(
                "unexplained-text", f"{row.text!r} stands between the lessons.", **_at(page, row)
            )
        elif above and row.y - above[-1].row.y < 1.6 * pitch:
            cells = placed(row, reader.headings) if reader.headings else None
            if cells and len(cells) > 1:
                reader.candidate.doubt(
                    "row-incomplete", f"{row.text!r} may be a lesson.", **_at(page, row)
                )
        elif below and above and below[0].row.y - row.y < 0.8 * pitch:
            reader.candidate.doubt(
                "unexplained-text", f"{row.text!r} stands before a lesson.", **_at(page, row)
            )


def _pitch(reader: _Reader) -> float:
    steps = sorted(
        b.row.y - a.row.y
        for a, b in pairwise(reader.lessons)
        if a.page == b.page and a.day == b.day
    )
    return steps[len(steps) // 2] if steps else 0.0


def _pitches(reader: _Reader, pages: tuple[Page, ...]) -> None:
    """Rows stand evenly; a gap may be a row that was lost."""
    pitch = _pitch(reader)
    if not pitch:
        return
    for one, other in pairwise(reader.lessons):
        if one.page == other.page and one.day == other.day:
            step = other.row.y - one.row.y
            if not 0.8 * pitch < step < 1.25 * pitch:
                reader.candidate.doubt(
                    "rows-uneven",
                    f"There is an unusual gap between {one.row.text!r} and the next row.",
                    **_of(one),
                )
    _between_days(reader, pitch)
    for page, head in reader.heads:
        below = [
            le.row.y - head.y for le in reader.lessons if le.page == page and le.row.y > head.y
        ]
        nearer = [
            h
            for p, h in reader.heads
            if p == page and head.y < h.y < head.y + min(below, default=0)
        ]
        if below and not nearer and min(below) > 1.75 * pitch:
            reader.candidate.doubt(
                "rows-uneven", f"There is a gap under {head.text!r}.", **_at(page, head)
            )
    _blank_rows(reader, pages, pitch)


def _between_days(reader: _Reader, pitch: float) -> None:
    """The space from one day to the next is the same all over: more of it may be a lost last
    row.
    """
    marks = sorted(
        [(p, r.y) for p, r in reader.heads] + [(le.page, le.row.y) for le in reader.lessons]
    )
    gaps: list[tuple[float, _Lesson]] = []
    for one, other in pairwise(reader.lessons):
        if one.page == other.page and one.day != other.day:
            following = next(y for p, y in marks if p == one.page and y > one.row.y)
            gaps.append((following - one.row.y, one))
    usual = min((gap for gap, _ in gaps), default=0.0)
    for gap, lesson in gaps:
        if gap > usual + 0.5 * pitch or (not reader.day_headings and gap > 1.6 * pitch):
            reader.candidate.doubt(
                "rows-uneven",
                f"There is an unusual gap after {lesson.row.text!r}.",
                **_of(lesson),
            )


def _blank_rows(reader: _Reader, pages: tuple[Page, ...], pitch: float) -> None:
    """A ruled or filled row without text at the end of a table."""
    for lesson, following in zip(reader.lessons, [*reader.lessons[1:], None], strict=True):
        if following and following.page == lesson.page and following.day == lesson.day:
            continue
        page = pages[lesson.page]
        texts = [r.y for r in rows_of(page) if r.y > lesson.row.y + 0.3 * pitch]
        next_text = min(texts, default=float(page.height))
        low, high = lesson.row.y + 1.35 * pitch, lesson.row.y + 1.65 * pitch
        if any(low < rule.y < high and rule.y < next_text for rule in page.rules):
            reader.candidate.doubt(
                "hole", f"An empty row follows {lesson.row.text!r}.", **_of(lesson)
            )


def _days(reader: _Reader) -> None:
    order = [entry.day for entry in reader.candidate.entries]
    if order != sorted(order):
        reader.candidate.doubt("days-out-of-order", "The days do not follow each other.")
    if reader.day_headings and _has_day_column(reader):
        reader.candidate.doubt("several-tables", "Days stand in a column and as headings.")
    if reader.day_headings > len(set(order)):
        reader.candidate.doubt(
            "several-tables", "A day has two tables, or a table without lessons."
        )


def _times(reader: _Reader) -> None:
    by_day: dict[int, list[Entry]] = {}
    for entry in reader.candidate.entries:
        by_day.setdefault(entry.day, []).append(entry)
    days_of_time: Counter[int] = Counter()
    for entries in by_day.values():
        days_of_time.update({time for e in entries for time in (e.start, e.end)})
    confirmed = {time for time, count in days_of_time.items() if count > 1}
    for day, entries in by_day.items():
        spans = [(entry.start, entry.end) for entry in entries]
        for doubt in doubts_of(
            spans,
            gaps=True,
            where=day_name(day),
            twelve=reader.candidate.twelve,
            confirmed=confirmed,
        ):
            reader.candidate.add(doubt.at(day=day))


def _words(reader: _Reader) -> None:
    """Words of the day, the times and the lesson must be seen and read surely; notes are only
    shown.
    """
    for lesson in reader.lessons:
        matters = [word for piece in lesson.pieces for word in piece.words]
        if not all(word.seen for word in matters):
            reader.candidate.doubt(
                "covered-word", f"{lesson.row.text!r} is partly covered.", **_of(lesson)
            )
        unsure = [word.text for word in matters if word.sure < UNSURE]
        if unsure:
            agreed_on = all(word.sure > DISPUTED for word in matters)
            reader.candidate.doubt(
                "reading-unsure" if agreed_on else "reading-differs",
                f"{' '.join(unsure)!r} is hard to read in {lesson.row.text!r}.",
                **_of(lesson),
            )
