"""Several readings of one piece of a page, and what they agree on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lambdas.documents.reading.lines import lines_of
from lambdas.documents.reading.page import Box, Cell, Word

DISPUTED = 40.0
"""How sure a word is at most that no two readings agree on."""

OVER_IT = "something drawn over it"
THROUGH_IT = "something drawn through it"
BEYOND_IT = "a word that goes on beyond its cell"

SIMILAR = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "|": "I"})


@dataclass(frozen=True, slots=True)
class Agreed:
    words: tuple[Word, ...]
    readings: int
    others: tuple[str, ...]


def disputed(cell: Cell, why: str = OVER_IT) -> Cell:
    """The cell of which not all that is drawn was read: none of its words is sure."""
    words = tuple(replace(word, sure=min(word.sure, DISPUTED)) for word in cell.words)
    return replace(cell, words=words, readings=0, others=(why,))


def normal(words: list[Word]) -> str:
    """What must be equal for two readings to agree: letters, digits and the marks inside times."""
    text = "".join(word.text for word in words).translate(SIMILAR)
    text = re.sub(r"[-‐‑–—−~_]+", "-", text)
    return re.sub(r"[\s,;'\"·•*]+", "", text)


def agreed(readings: Iterator[Callable[[], list[Word]]], *, most: int = 4) -> Agreed:
    """Reads until two readings agree; each further one costs time and happens only where they
    differ.
    """
    seen: list[tuple[str, list[Word]]] = []
    for number, reading in enumerate(readings):
        if number == most:
            break
        words = reading()
        text = normal(words)
        # Two looks that see nothing agree on nothing: there is ink, or nobody would look.
        same = [other for said, other in seen if said == text and text]
        seen.append((text, words))
        if same:
            return Agreed(
                tuple(_together(same[0], words)),
                2 if len(seen) == 2 else 1,
                tuple(sorted({said for said, _ in seen} - {text})),
            )
    said = sorted({text for text, _ in seen})
    best = max(seen, key=lambda pair: _mean(pair[1]))[1]
    return Agreed(tuple(_line_by_line(best, [words for _, words in seen])), 0, tuple(said))


def _line_by_line(best: list[Word], readings: list[list[Word]]) -> list[Word]:
    """Where the whole differs, a line that two readings agree on is still as sure as it was."""
    votes = Counter(
        text
        for words in readings
        for text in {normal(list(line.words)) for line in lines_of(words)}
    )
    out: list[Word] = []
    for line in lines_of(best):
        sure = votes[normal(list(line.words))] >= 2
        out.extend(w if sure else replace(w, sure=min(w.sure, DISPUTED)) for w in line.words)
    return out


def _mean(words: list[Word]) -> float:
    return sum(word.sure for word in words) / len(words) if words else 0.0


def _together(one: list[Word], other: list[Word]) -> list[Word]:
    """The later reading's words; each as sure as the surer of its two readings."""
    if len(one) != len(other):
        return other
    return [replace(b, sure=max(a.sure, b.sure)) for a, b in zip(one, other, strict=True)]


def font_size(text: str, box: Box) -> float:
    """The size of a word's font from the height of its ink: capitals are two thirds of it."""
    tall = bool(re.search(r"[A-Z0-9bdfhklt]", text))
    deep = bool(re.search(r"[gjpqyQ,;()]", text))
    share = {(True, True): 0.78, (True, False): 1.0, (False, True): 1.0, (False, False): 1.38}
    return 1.5 * box.height * share[tall, deep]
