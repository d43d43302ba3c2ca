"""The time axis of a grid: columns of times or labels beside the days, made into periods."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lambdas.documents.reading.bells import label_key
from lambdas.documents.reading.frame import Frame, Item, overlap
from lambdas.documents.reading.times import has_digits_of_time, ranges, whole


@dataclass(frozen=True, slots=True)
class Period:
    low: float
    high: float
    label: str
    start: int | None
    end: int | None
    item: Item | None

    @property
    def at(self) -> float:
        return (self.low + self.high) / 2

    @property
    def timed(self) -> bool:
        return self.start is not None and self.end is not None


@dataclass(slots=True)
class Column:
    """Items of the axis one above the other."""

    items: list[Item] = field(default_factory=list)
    blanks: list[Item] = field(default_factory=list)

    @property
    def at(self) -> float:
        boxes = [item.box for item in self.items or self.blanks]
        return sum(box.x for box in boxes) / len(boxes)

    def _count(self, test: object) -> int:
        return sum(1 for item in self.items if test(item.text))  # type: ignore[operator]

    @property
    def kind(self) -> str:
        """range, single or label: what most of its items are."""
        n = len(self.items)
        if not n:
            return "label"
        if self._count(lambda text: parsed(text)[1] is not None) * 2 > n:
            return "range"
        if self._count(lambda text: (s := _one_time(text)) is not None and s >= 0) * 2 > n:
            return "single"
        return "label"


def parsed(text: str) -> tuple[str, tuple[int, int] | None]:
    """A label and a range: "P1 08:55-09:55" -> ("P1", times). Two ranges are none."""
    found = list(ranges(text))
    if len(found) != 1 or found[0].end is None:
        return text.strip(), None
    span = found[0]
    rest = (text[: span.first] + " " + text[span.last :]).strip(" ()[],:;-–|")
    if has_digits_of_time(rest):
        return text.strip(), None
    return rest, (span.start, found[0].end)


def _one_time(text: str) -> int | None:
    span = whole(text)
    return span.start if span is not None and span.end is None else None


def one_time(text: str) -> int | None:
    """A cell that holds one time with a separator, or 3-4 digits: 845 but not the period number
    8.
    """
    return _one_time(text)


def columns_of(frame: Frame, items: list[Item], blanks: list[Item]) -> list[Column]:
    """Axis items grouped by what they share along the day axis."""
    columns: list[Column] = []
    for item in sorted(items, key=lambda i: (i.cell is None, i.box.width)):
        for column in columns:
            box = column.items[0].box
            if overlap(box.x0, box.x1, item.box.x0, item.box.x1) > 0.5:
                column.items.append(item)
                break
        else:
            columns.append(Column([item]))
    for blank in blanks:
        for column in columns:
            box = column.items[0].box
            if overlap(box.x0, box.x1, blank.box.x0, blank.box.x1) > 0.5:
                column.blanks.append(blank)
                break
    for column in columns:
        column.items.sort(key=lambda i: i.box.y)
    return sorted(columns, key=lambda c: c.at)


def bounded(period: Period, cells: list[Item]) -> Period:
    """Free times (no cell of their own) get the bounds of the lowest body cell beside them."""
    if period.item is not None and period.item.cell is not None:
        return period
    beside = [c for c in cells if c.box.y0 <= period.at <= c.box.y1]
    if not beside:
        return period
    box = min(beside, key=lambda c: c.box.height).box
    return replace(period, low=box.y0, high=box.y1)


def same_row(period: Period, item: Item) -> bool:
    return overlap(period.low, period.high, item.box.y0, item.box.y1) > 0.6


def with_labels(periods: list[Period], labels: list[Column]) -> list[Period]:
    """Names from a label column beside the times, for words to people."""
    out: list[Period] = []
    for period in periods:
        names = [i.text for c in labels for i in c.items if same_row(period, i)]
        out.append(replace(period, label=period.label or " ".join(names)))
    return out


def times_from_key(period: Period, key: dict[str, tuple[int, int]]) -> Period:
    times = key.get(label_key(period.label))
    return replace(period, start=times[0], end=times[1]) if times else period
