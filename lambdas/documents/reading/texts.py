"""The text of a cell as title and notes, with the doubts that reading it left."""

from __future__ import annotations

import re

from lambdas.documents.reading.days import named_days
from lambdas.documents.reading.entries import Candidate
from lambdas.documents.reading.frame import Item
from lambdas.documents.reading.lines import chunks_of, flat_box, turn_of
from lambdas.documents.reading.provisos import not_every_week, points_elsewhere
from lambdas.documents.reading.times import Span
from lambdas.documents.reading.titles import Habits, Room, Title, habits_of, title_of

APART = 1.5
"""Sizes of the font between two words of a line, from which they are hardly one title."""
UNSURE = 70.0
"""Words read with less are a doubt, however well they fit."""
UNSURE_TIME = 41.0
"""Times are held by their chain as well; 40 and below means that no two readings agreed."""


def _flat(item: Item) -> tuple[float, float]:
    assert item.cell is not None
    box = flat_box(item.cell.box, turn_of(item.cell.words))
    return box.x0, box.x1


def habits_in(cells: list[Item]) -> Habits:
    return habits_of([(*_flat(cell), list(cell.lines)) for cell in cells if cell.lines])


def cell_title(
    item: Item, habits: Habits, candidate: Candidate, place: str, *, without: Span | None = None
) -> Title:
    """`without`: where in the text a printed time stands that is no part of the title."""
    texts = _without(item, without)
    x0, x1 = _flat(item)
    title = title_of(list(item.lines), texts, Room(x0, x1, habits))
    matter = title.lines if without is None else max(title.lines, _line_at(item, without.last))
    matters = item.lines[:matter]
    seen_doubts(item, candidate, lines=matter)
    if not title.text:
        candidate.doubt("title-missing", f"{place}: no title could be made out.", item)
        return title
    if not title.sure:
        candidate.doubt(
            "title-line",
            f"{place}: it is not clear where the title {title.text!r} ends.",
            item,
        )
    if without is None and any(len(chunks_of(line.words, gap=APART)) > 1 for line in matters):
        candidate.doubt("title-odd", f"{place}: {title.text!r} may be two lessons.", item)
    if points_elsewhere(title.text):
        candidate.doubt("title-odd", f"{place}: {title.text!r} is said elsewhere.", item)
    if not re.search(r"[^\W\d_]{2}", title.text):
        candidate.doubt("title-odd", f"{place}: {title.text!r} is an unusual title.", item)
    return title


def _line_at(item: Item, place: int) -> int:
    """How many of the lines it takes to reach that place of the text."""
    at = 0
    for number, line in enumerate(item.lines, 1):
        at += len(line.text) + 1
        if at > place:
            return number
    return len(item.lines)


def _without(item: Item, span: Span | None) -> list[str]:
    texts = [line.text for line in item.lines]
    if span is None:
        return texts
    out: list[str] = []
    at = 0
    for text in texts:
        low, high = max(span.first - at, 0), min(span.last - at, len(text))
        kept = text if high <= 0 or low >= len(text) else text[:low] + " " + text[high:]
        kept = re.sub(r"\s+", " ", kept).strip()
        out.append(
            re.sub(r"^[\s:;,|·–—-]+|[\s:;,|·–—-]+$|\(\s*\)", "", kept) if kept != text else kept
        )
        at += len(text) + 1
    return out


def seen_doubts(
    item: Item, candidate: Candidate, *, lines: int | None = None, unsure_below: float = UNSURE
) -> None:
    """What the page and the reading say against each other in one cell.

    `lines`: how many of its lines must be read surely; notes are only shown. Seen they must be.
    """
    matter = item.lines[:lines]
    if not item.seen:
        candidate.doubt(
            "covered-word", f"{item.text!r} is in the file but covered on the page.", item
        )
    if across := item.across:
        words = f"{across!r} runs another way than the words around it."
        candidate.doubt("unexplained-text", words, item)
    unsure = [word.text for line in matter for word in line.words if word.sure < unsure_below]
    if unsure and item.cell is not None and item.cell.readings == 0:
        others = " or ".join(repr(other) for other in item.cell.others[:3])
        candidate.doubt("reading-differs", f"{item.text!r} was read as {others}.", item)
    elif unsure:
        candidate.doubt("reading-unsure", f"{' '.join(unsure)!r} is hard to read.", item)
    if item.cell is not None and item.cell.ink and not item.lines:
        candidate.doubt(
            "drawn-not-read", "Something is drawn in a cell where nothing could be read.", item
        )


def _said_of(text: str) -> str:
    """Where a line would say on which days it is: first, or in brackets."""
    first = re.match(r"[^\s:,/&(-]+", text.strip())
    return " ".join([first.group() if first else "", *re.findall(r"\(([^)]*)\)", text)])


def named_day_doubts(item: Item, days: list[int], candidate: Candidate) -> None:
    """A cell that says on which days it is must stand under that one alone ("Muddy Mondays" is a
    name); and it holds for every week, or nobody can say in which it does.
    """
    named = named_days(item.text)
    said = {day for line in item.lines for day in named_days(_said_of(line.text))}
    if len(named) > 1 or (said and said != set(days)):
        candidate.doubt("title-odd", f"{item.text!r} speaks of days of its own.", item)
    if not_every_week(line.text for line in item.lines):
        candidate.doubt("title-odd", f"{item.text!r} is not for every week.", item)
