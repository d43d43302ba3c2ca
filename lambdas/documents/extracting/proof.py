"""Whether an answer is what the page shows: nothing else, nothing less, each at its place.

What is accepted is taken from the page's own words, so that even the spelling of a title is what
was read and not what was answered.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from lambdas.documents.extracting.answer import Answer
from lambdas.documents.extracting.slots import CannotTellError, blocks_of
from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.timetable import DAYS, Block, Timetable
from lambdas.documents.reading.interpret import interpret
from lambdas.documents.reading.page import Reading

SETTLED = frozenset(
    {
        "day-ends-differ",
        "near-duplicate",
        "reading-unsure",
        "time-gap",
    }
)
"""Doubts of the interpreter that a second reading settles, because the model forms it without
seeing ours: a word that was hard to read says that (`prompt` withholds those), nothing stands in a
gap of the times. What was not read, not explained or left over stays a doubt. So does a gap between
rows: one that is gone leaves it, and the model does not see it either. So does where a title ends,
since the page does not say which of two splits is meant, and an odd time: two who read a misprint
agree on it."""

RULE = "model-differs"
"""The doubt that an answer of a model leaves."""
_LIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-"})
Fact = tuple[str, str, str, str, tuple[str, ...]]


def provable(reading: Reading) -> CannotTellError | None:
    """Why no answer could be held against this page; None where one can. Then it is worth asking
    for."""
    try:
        shown_by(reading)
    except CannotTellError as error:
        return error
    return None


def accepted(answer: Answer, reading: Reading) -> Timetable | tuple[Doubt, ...]:
    """The timetable, in the page's words, or what is wrong with the answer, for a person."""
    try:
        shown = shown_by(reading)
    except CannotTellError as error:
        return (Doubt(rule=RULE, why=error.words),)
    return tuple(_differences(answer.blocks, shown.blocks)) or shown


def shown_by(reading: Reading) -> Timetable:
    """The one timetable the places of the words allow. Raises CannotTellError where they do not.

    There are two ways to read the boxes: the interpreter's, which knows many layouts and says what
    it doubts, and `slots`, which knows one and is strict. The first must leave no doubt but those a
    second reading settles; where the second can tell, it must not say otherwise.
    """
    found = interpret(reading)
    for doubt in found.doubts:
        if doubt.rule not in SETTLED:
            raise CannotTellError(doubt.why)
    if not found.is_timetable or found.timetable is None or not found.timetable.blocks:
        raise CannotTellError("No week could be made out of the document.")
    try:
        blocks = blocks_of(reading)
    except CannotTellError:
        return found.timetable  # a layout it does not know
    if found.timetable.blocks != tuple(sorted(blocks, key=_order)):
        raise CannotTellError("The table can be read in two ways.")
    return found.timetable


def _order(block: Block) -> tuple[int, str, str]:
    return DAYS.index(block.day), block.start, block.end


def _differences(said: tuple[Block, ...], shown: tuple[Block, ...]) -> Iterator[Doubt]:
    answered, there = Counter(map(_fact, said)), Counter(map(_fact, shown))
    for fact in (answered - there).elements():
        yield _doubt(fact, f"the model says {fact[3]!r}, which the page does not show there.")
    for fact in (there - answered).elements():
        yield _doubt(fact, f"the page shows {fact[3]!r}, which the model does not say there.")


def _fact(block: Block) -> Fact:
    """What two blocks must share to be one. Notes are compared as words: how they are put together
    is ours."""
    words = tuple(re.findall(r"[^\s,;]+", _plain(block.notes)))
    return block.day, block.start, block.end, _plain(block.title), words


def _plain(text: str) -> str:
    """Without what a keyboard writes differently; letters and capitals stay."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_LIKE).split())


def _doubt(fact: Fact, why: str) -> Doubt:
    day, start, end, title, _ = fact
    place = f"{day.capitalize()} {start}-{end}"
    return Doubt(rule=RULE, why=f"{place}: {why}", day=day, start=start, text=title)
