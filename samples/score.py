"""Compares what a reader found with the truth of a document.

A block counts when day, start and end are equal and the titles are alike: lower case, punctuation
and
spaces evened out, similarity 0.80 or more. Matching is one to one and as large as possible. Notes
are not scored.
"""

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from samples.generator.words import DAYS

ALIKE = 0.80
COMPLETED = "completed"
Block = Mapping[str, Any]


def even(title: object) -> str:
    """A title without what does not count: case, punctuation, the kind of space."""
    text = unicodedata.normalize("NFKC", title if isinstance(title, str) else "").casefold()
    text = re.sub(r"['’‘`]", "", text.replace("&", " and "))
    return " ".join(re.sub(r"[^\w]+", " ", text).split())


def alike(one: object, other: object) -> float:
    a, b = even(one), even(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    # difflib depends on the order of its arguments; the better of the two counts.
    pairs = ((a, b), (b, a))
    return max(difflib.SequenceMatcher(None, x, y, autojunk=False).ratio() for x, y in pairs)


def day_of(day: object) -> str:
    """The full English name; "mon", "Tues." and "WEDNESDAY" are understood, anything else is no
    day.
    """
    text = day.strip().rstrip(".").casefold() if isinstance(day, str) else ""
    if len(text) >= 3:
        for name in (*DAYS, "Saturday", "Sunday"):
            if name.casefold().startswith(text) or (name == "Wednesday" and text == "weds"):
                return name
    return f"?{text}"


@dataclass(frozen=True)
class Score:
    """What was found, missed and invented."""

    matched: int
    missed: tuple[Block, ...]
    extra: tuple[Block, ...]

    @property
    def exact(self) -> bool:
        """Nothing missed and nothing invented."""
        return not self.missed and not self.extra

    @property
    def precision(self) -> float:
        found = self.matched + len(self.extra)
        return self.matched / found if found else float(not self.missed)

    @property
    def recall(self) -> float:
        true = self.matched + len(self.missed)
        return self.matched / true if true else float(not self.extra)

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def _by_time(blocks: Iterable[Block]) -> dict[tuple[str, object, object], list[Block]]:
    groups: dict[tuple[str, object, object], list[Block]] = defaultdict(list)
    for block in blocks:
        groups[day_of(block.get("day")), block.get("start"), block.get("end")].append(block)
    return groups


def _pair(true: Sequence[Block], found: Sequence[Block]) -> dict[int, int]:
    """The largest one-to-one matching, found index to true index (augmenting paths; groups are
    tiny).
    """
    good = [
        [j for j, f in enumerate(found) if alike(t.get("title"), f.get("title")) >= ALIKE]
        for t in true
    ]
    owner: dict[int, int] = {}

    def place(index: int, seen: set[int]) -> bool:
        for candidate in good[index]:
            if candidate in seen:
                continue
            seen.add(candidate)
            if candidate not in owner or place(owner[candidate], seen):
                owner[candidate] = index
                return True
        return False

    for index in range(len(true)):
        place(index, set())
    return owner


def score(truth: Mapping[str, Any], blocks: Iterable[Block]) -> Score:
    """The blocks against the truth of one document."""
    true, found = _by_time(truth["blocks"]), _by_time(blocks)
    matched, missed, extra = 0, [], []
    for key in sorted(set(true) | set(found), key=str):
        here, there = true.get(key, []), found.get(key, [])
        owner = _pair(here, there)
        matched += len(owner)
        missed += [b for i, b in enumerate(here) if i not in owner.values()]
        extra += [b for i, b in enumerate(there) if i not in owner]
    return Score(matched, tuple(missed), tuple(extra))


def completed(truth: Mapping[str, Any], status: str, blocks: Iterable[Block]) -> bool | None:
    """None: not completed, so nothing was claimed. True: completed and exactly right. False:
    completed and wrong.

    A document that is no timetable is never rightly completed. The truth of a damaged document is
    what it said before, so whatever was made up in its place is wrong unless it is that.
    """
    if status.casefold() != COMPLETED:
        return None
    return bool(truth["is_timetable"]) and score(truth, blocks).exact
