"""Whether printed times can be believed: order, five-minute marks, ends that are the next
starts, and swapped digits.

A time printed once only is believed when no swap of two of its digits would fit its place as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from lambdas.documents.reading.evidence import Doubt, Place
from lambdas.documents.reading.times import swaps, text_of

Span = tuple[int, int]

SHORTEST, LONGEST = 5, 180
LONGEST_GAP = 100
EARLIEST, LATEST = 7 * 60 + 30, 18 * 60
USUAL_START = (8 * 60 + 20, 9 * 60 + 30)
USUAL_END = (14 * 60 + 30, 16 * 60)


def doubts_of(
    spans: list[Span],
    *,
    where: str,
    twelve: bool,
    confirmed: Iterable[int] = (),
    gaps: bool = False,
) -> Iterator[Doubt]:
    """Doubts about the periods of one day or of the whole grid, in their printed order.

    `confirmed`: times that are printed elsewhere too (other days, a sentence).
    `gaps`: free time is usual.
    """
    for start, end in spans:
        yield from _one(start, end, where)
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            yield Doubt(
                "time-order",
                f"{where}: {text_of(start)} comes after a period that ends at {text_of(end)}.",
                Place(start=start),
            )
        elif start - end > LONGEST_GAP and not gaps:
            yield Doubt(
                "time-gap",
                f"{where}: nothing stands between {text_of(end)} and {text_of(start)}.",
                Place(start=end),
            )
    yield from _swappable(spans, set(confirmed), where, twelve)


def _one(start: int, end: int, where: str) -> Iterator[Doubt]:
    if start >= end:
        yield Doubt(
            "time-order",
            f"{where}: {text_of(start)} - {text_of(end)} ends before it starts.",
            Place(start=start),
        )
        return
    if start % 5 or end % 5:
        yield Doubt(
            "time-odd",
            f"{where}: {text_of(start)} - {text_of(end)} is an unusual time.",
            Place(start=start),
        )
    if not SHORTEST <= end - start <= LONGEST:
        yield Doubt(
            "time-odd",
            f"{where}: {text_of(start)} - {text_of(end)} lasts {end - start} minutes.",
            Place(start=start),
        )
    if start < EARLIEST or end > LATEST:
        yield Doubt(
            "time-odd",
            f"{where}: {text_of(start)} - {text_of(end)} is outside a school day.",
            Place(start=start),
        )


def _swappable(spans: list[Span], confirmed: set[int], where: str, twelve: bool) -> Iterator[Doubt]:
    lengths = Counter(end - start for start, end in spans)
    for index, (start, end) in enumerate(spans):
        before = spans[index - 1][1] if index else None
        after = spans[index + 1][0] if index + 1 < len(spans) else None
        if start != before and start not in confirmed:
            low = before if before is not None else EARLIEST
            for other in swaps(start, twelve=twelve):
                if not low <= other < end:
                    continue
                if index == 0 and _usual(start, other, USUAL_START):
                    continue
                if other == before or not _more_regular(lengths, end - start, end - other):
                    yield _swap(where, start, other)
        if end != after and end not in confirmed:
            high = after if after is not None else LATEST
            for other in swaps(end, twelve=twelve):
                if not start < other <= high:
                    continue
                if after is None and _usual(end, other, USUAL_END):
                    continue
                if other == after or not _more_regular(lengths, end - start, other - start):
                    yield _swap(where, end, other)


def _usual(printed: int, other: int, window: tuple[int, int]) -> bool:
    return window[0] <= printed <= window[1] and not window[0] <= other <= window[1]


def _more_regular(lengths: Counter[int], printed: int, other: int) -> bool:
    """The printed length is shared by another period and the other one is not."""
    return lengths[printed] >= 2 and lengths[other] == 0


def _swap(where: str, printed: int, other: int) -> Doubt:
    return Doubt(
        "time-swappable",
        f"{where}: {text_of(printed)} could as well be {text_of(other)}; nothing else confirms it.",
        Place(start=printed),
    )


def starts_doubts(starts: list[int], end: int, *, where: str, twelve: bool) -> Iterator[Doubt]:
    """A column of starts alone: each is held by its neighbours and by regular lengths only."""
    bounds = [*starts, end]
    lengths = Counter(b - a for a, b in pairwise(bounds))
    for index, start in enumerate(starts):
        before = starts[index - 1] if index else EARLIEST
        after = bounds[index + 1]
        for other in swaps(start, twelve=twelve):
            if not before < other < after or (index == 0 and _usual(start, other, USUAL_START)):
                continue
            printed = lengths[after - start] + (lengths[start - before] if index else 0)
            swapped = lengths[after - other] + (lengths[other - before] if index else 0)
            if swapped or printed <= (2 if index else 1):
                yield _swap(where, start, other)
