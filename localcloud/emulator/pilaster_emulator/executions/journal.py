"""What an execution did so far, in its own record: saved with it, and with all it did to others.

A line is written once and never changed. Its key is where in the run it stands: the state, how
often the run came there, in which branch, and which attempt it was.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

BEGAN = "began"
"""A call was made. Without an outcome it was under way when the emulator ended: made again."""
OUTCOME = "outcome"
"""What a call answered or failed with."""
ASKED = "asked"
"""Somebody has a token and may answer: the token and when, in seconds since 1970."""
UNTIL = "until"
"""A pause ends at that time, in seconds since 1970."""


class Journal:
    """The notes of one execution. Several branches of it may write at once."""

    def __init__(self, record: dict[str, Any]) -> None:
        # A list that only grows can be copied by the saving thread at any moment.
        self._lines: list[list[Any]] = record.setdefault("journal", [])
        self._known = {(kind, key): value for kind, key, value in self._lines}
        self._visits: Counter[str] = Counter()
        self._lock = threading.Lock()

    def visit(self, place: str) -> str:
        """The key of this coming to that place: the same one when the run is replayed."""
        with self._lock:
            self._visits[place] += 1
            return f"{place}#{self._visits[place]}"

    def get(self, kind: str, key: str) -> Any:
        """What was noted; None where nothing was."""
        return self._known.get((kind, key))

    def note(self, kind: str, key: str, value: Any) -> None:
        """Note it, unless it is noted already: the first word stands."""
        with self._lock:
            if (kind, key) not in self._known:
                self._known[kind, key] = value
                self._lines.append([kind, key, value])

    def done(self) -> list[str]:
        """Keys of calls that have an outcome, and no error."""
        return [
            key
            for kind, key, outcome in self._lines
            if kind == OUTCOME and "error" not in (outcome or {})
        ]

    def open(self, kind: str) -> list[tuple[str, Any]]:
        """Keys of that kind that have no outcome, with what was noted."""
        return [
            (key, value)
            for noted, key, value in self._lines
            if noted == kind and (OUTCOME, key) not in self._known
        ]
