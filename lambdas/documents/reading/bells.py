"""What sentences outside the table say of times: keys of bell times, and when the day ends."""

from __future__ import annotations

import re

from lambdas.documents.reading.days import mentions_day
from lambdas.documents.reading.times import ranges, singles

_END_WORDS = re.compile(
    r"\b(finish\w*|ends?|close[sd]?|home ?time|home|leave\w*|over|collected|pick\w*|dismiss\w*"
    r"|until)\b",
    re.IGNORECASE,
)


def label_key(text: str) -> str:
    """Period 1, P1, Lesson 1, 1st -> 1; Break -> break."""
    text = re.sub(r"[^\w ]+", " ", text.casefold()).strip()
    text = re.sub(r"^(?:period|lesson|session|per|pd|p|l|s)\s*(?=\d)", "", text)
    text = re.sub(r"^(\d+)(?:st|nd|rd|th)$", r"\1", text)
    return re.sub(r"\s+", "", text)


def bell_times(text: str) -> dict[str, tuple[int, int]]:
    """Label -> times of every "label start-end" of a running text; a label with two times is
    left out.
    """
    found: dict[str, tuple[int, int]] = {}
    twice: set[str] = set()
    at = 0
    for span in ranges(text):
        label = re.split(r"[.;,|·•\n]|:(?=\s)|\s[-–—]\s", text[at : span.first].rstrip(" :=–-("))[
            -1
        ]
        at = span.last
        key = label_key(label)
        if not key or len(key) > 24 or span.end is None:
            continue
        if key in found and found[key] != (span.start, span.end):
            twice.add(key)
        found[key] = (span.start, span.end)
    return {key: value for key, value in found.items() if key not in twice}


def day_ends(texts: list[str]) -> set[int]:
    """The times at which sentences say that the day ends; sentences about one day say nothing of
    the others.
    """
    found: set[int] = set()
    for text in texts:
        for sentence in re.split(r"(?<=[a-z)])[.!?;]\s+|\n|\s[·|•]\s", text):
            if mentions_day(sentence):
                continue
            for word in _END_WORDS.finditer(sentence):
                after = [s.start for s in singles(sentence[word.end() : word.end() + 40])]
                if after:
                    found.add(after[0])
    return found
