"""Whether the words of a text layer are what the page shows: a layer can say what nobody sees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lambdas.documents.reading.cells import Picture
from lambdas.documents.reading.page import Box, Word

CONTRAST = 24
"""Of 255: less between the darkest and the brightest place is no ink."""
TINY = 5.5
"""Pixels of a page of 1684: letters of less than three points are read by nobody."""
SHARED = 0.3
"""A word of which this part lies on another is not legible, and neither is the other."""
TWICE = 0.15
"""Of the size: so near to its like a word is printed twice to look bold."""


def seen_words(words: list[Word], picture: Picture, bare: Picture) -> list[Word]:
    """The words, those that nobody sees marked as such. `bare`: the page without its words.

    A word is evidence where its letters show, alone: not where it has the colour of its ground,
    where something is drawn over it or through it, or where another word lies on it.
    """
    once = _once(words)
    lying_on = _layers(once, picture)
    return [
        word
        if word.size >= TINY
        and _contrast(picture, word.box) >= CONTRAST
        and _contrast(bare, _middle(word.box)) < CONTRAST
        and not _crowded(lying_on, word.box)
        else replace(word, seen=False)
        for word in once
    ]


def _once(words: list[Word]) -> list[Word]:
    """Without those that are printed again at the same place."""
    kept: dict[tuple[str, int, int, int], Word] = {}
    for word in words:
        step = max(1.0, TWICE * word.size)
        place = round(word.box.x0 / step), round(word.box.y0 / step)
        near = [(word.text, word.turn, place[0] + dx, place[1] + dy) for dx, dy in _AROUND]
        if not any(key in kept for key in near):
            kept[word.text, word.turn, *place] = word
    return list(kept.values())


_AROUND = tuple((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))


def _layers(words: list[Word], picture: Picture) -> NDArray[np.int16]:
    """How many words lie on each place."""
    layers = np.zeros(picture.shape[:2], dtype=np.int16)
    for word in words:
        x0, y0, x1, y1 = _whole(_middle(word.box))
        layers[y0:y1, x0:x1] += 1
    return layers


def _crowded(layers: NDArray[np.int16], box: Box) -> bool:
    x0, y0, x1, y1 = _whole(_middle(box))
    part = layers[y0:y1, x0:x1]
    return bool(part.size) and float((part > 1).mean()) > SHARED


def _contrast(picture: Picture, box: Box) -> int:
    x0, y0, x1, y1 = _whole(box)
    crop = picture[y0 : y1 + 1, x0 : x1 + 1].reshape(-1, picture.shape[2])
    if not len(crop):
        return 0
    return int((crop.max(axis=0).astype(int) - crop.min(axis=0)).max())


def _middle(box: Box) -> Box:
    """Where the letters are: without the room above and below them, in which rules may lie."""
    dx, dy = 0.1 * box.width, 0.25 * box.height
    if box.height > box.width:
        dx, dy = 0.25 * box.width, 0.1 * box.height
    return Box(box.x0 + dx, box.y0 + dy, box.x1 - dx, box.y1 - dy)


def _whole(box: Box) -> tuple[int, int, int, int]:
    return max(0, int(box.x0)), max(0, int(box.y0)), max(0, int(box.x1)), max(0, int(box.y1))
