"""Words into lines, whichever way they are turned."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lambdas.documents.reading.page import Box, Word, around


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side. `box` is in the reading direction: a sideways line lies flat here."""

    words: tuple[Word, ...]
    text: str
    box: Box
    size: float
    style: str

    @property
    def first_word_width(self) -> float:
        return _flat(self.words[0]).width

    @property
    def sure(self) -> float:
        return min(word.sure for word in self.words)

    @property
    def seen(self) -> bool:
        return all(word.seen for word in self.words)


def _flat(word: Word) -> Box:
    """The word's box as if it were read upright."""
    box = word.box
    if word.turn == 90:
        return Box(-box.y1, box.x0, -box.y0, box.x1)
    if word.turn == 270:
        return Box(box.y0, -box.x1, box.y1, -box.x0)
    return box


def flat_box(box: Box, turn: int) -> Box:
    return _flat(Word("", box, 0, turn=turn))


def turn_of(words: Iterable[Word]) -> int:
    turns = [word.turn for word in words]
    return max(set(turns), key=turns.count) if turns else 0


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Lines from top to bottom, each from left to right, in the direction most words have."""
    words = list(words)
    turn = turn_of(words)
    placed = sorted(((_flat(w), w) for w in words if w.turn == turn), key=lambda p: p[0].y)
    groups: list[list[tuple[Box, Word]]] = []
    # Of each group, as far as it has grown.
    bounds: list[Box] = []
    for box, word in placed:
        for number, bound in enumerate(bounds):
            if bound.y1 > box.y0 and _same_line(bound, box):  # most lie above it
                groups[number].append((box, word))
                bounds[number] = around([bound, box])
                break
        else:
            groups.append([(box, word)])
            bounds.append(box)
    lines = [_line(sorted(group, key=lambda p: p[0].x0)) for group in groups]
    return sorted(lines, key=lambda line: line.box.y)


def _same_line(line: Box, word: Box) -> bool:
    shared = min(line.y1, word.y1) - max(line.y0, word.y0)
    return shared > 0.5 * min(line.height, word.height)


def _line(placed: list[tuple[Box, Word]]) -> Line:
    words = tuple(word for _, word in placed)
    styles = [word.style for word in words]
    return Line(
        words=words,
        text=joined([word.text for word in words]),
        box=around([box for box, _ in placed]),
        size=max(word.size for word in words),
        style=max(set(styles), key=styles.count),
    )


def joined(texts: list[str]) -> str:
    """Words with spaces between; letter-spaced words (B R E A K) are put together again."""
    if len(texts) >= 3 and all(len(text) == 1 and text.isalpha() for text in texts):
        return "".join(texts)
    return re.sub(r"\s+", " ", " ".join(texts)).strip()


def chunks_of(words: Iterable[Word], *, gap: float = 1.3) -> list[Line]:
    """Lines cut where a gap is wider than `gap` times the size: what stands in columns without
    rules.
    """
    out: list[Line] = []
    for line in lines_of(words):
        part: list[tuple[Box, Word]] = []
        for word in line.words:
            box = _flat(word)
            if part and box.x0 - part[-1][0].x1 > gap * min(word.size, part[-1][1].size):
                out.append(_line(part))
                part = []
            part.append((box, word))
        out.append(_line(part))
    return out
