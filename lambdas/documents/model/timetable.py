"""What a timetable is: blocks in a week, and the rules they keep. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
"""A time of day: 24-hour HH:MM, in the digits of ASCII."""

_CLOCK = re.compile(CLOCK)


class InvalidTimetableError(ValueError):
    """A block or a timetable that breaks a rule of the model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One thing that happens on one day, from one time to another."""

    day: str
    start: str
    """24-hour HH:MM."""
    end: str
    title: str
    notes: str = ""

    def __post_init__(self) -> None:
        if self.day not in DAYS:
            raise InvalidTimetableError(f"day {self.day!r} is none of {', '.join(DAYS)}")
        for name, value in (("start", self.start), ("end", self.end)):
            if not _CLOCK.fullmatch(value):
                raise InvalidTimetableError(f"{name} {value!r} is not a 24-hour HH:MM")
        if self.start >= self.end:
            raise InvalidTimetableError(
                f"{self.day} {self.title!r} ends at {self.end!r}, not after {self.start!r}"
            )
        if not self.title.strip():
            raise InvalidTimetableError(f"the block on {self.day} at {self.start!r} has no title")

    def overlaps(self, other: Block) -> bool:
        return self.day == other.day and self.start < other.end and other.start < self.end


@dataclass(frozen=True, kw_only=True, slots=True)
class Timetable:
    """The blocks of a week in order of day and time; no two of a day overlap."""

    title: str
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.blocks, key=lambda b: (DAYS.index(b.day), b.start, b.end)))
        object.__setattr__(self, "blocks", ordered)
        for one, following in pairwise(ordered):
            if one.overlaps(following):
                raise InvalidTimetableError(
                    f"{one.day} {one.title!r} {one.start}-{one.end} overlaps "
                    f"{following.title!r} {following.start}-{following.end}"
                )

    @property
    def days(self) -> tuple[str, ...]:
        present = {block.day for block in self.blocks}
        return tuple(day for day in DAYS if day in present)
