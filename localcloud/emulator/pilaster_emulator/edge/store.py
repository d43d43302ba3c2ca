"""The cache of one distribution: in memory, the longest unused goes first."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from pilaster_emulator.edge.viewer import Headers

LARGEST_BYTES = 32 << 20
"""Of what is kept; larger answers go through and are fetched again each time."""
MOST_BYTES = 256 << 20

Key = tuple[str, ...]


@dataclass(kw_only=True)
class Kept:
    """An answer that is kept."""

    status: int
    headers: Headers
    body: bytes
    path: str
    until: float
    since: float = field(default_factory=time.monotonic)

    @property
    def fresh(self) -> bool:
        return time.monotonic() < self.until

    @property
    def age(self) -> int:
        return int(time.monotonic() - self.since)

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")


class Store:
    """What one distribution keeps."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Kept | None:
        """Fresh or stale."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, kept: Kept) -> None:
        self.drop(key)
        self._kept[key] = kept
        self._bytes += len(kept.body)
        while self._bytes > MOST_BYTES:
            self.drop(next(iter(self._kept)))

    def drop(self, key: Key) -> None:
        if (gone := self._kept.pop(key, None)) is not None:
            self._bytes -= len(gone.body)

    def clear(self) -> None:
        self._kept.clear()
        self._bytes = 0

    def empty(self, patterns: list[str]) -> int:
        """Forget what an invalidation names; `*` stands at the end only. How many there were."""
        found = [
            key for key, kept in self._kept.items() if any(_names(p, kept.path) for p in patterns)
        ]
        for key in found:
            self.drop(key)
        return len(found)


def _names(pattern: str, path: str) -> bool:
    pattern = pattern if pattern.startswith("/") else f"/{pattern}"
    text = re.escape(pattern.removesuffix("*")) + (".*" if pattern.endswith("*") else "")
    return re.fullmatch(text, path, re.DOTALL) is not None
