"""Token buckets: each takes `burst` requests at once and refills at `rate` a second.

AWS calls its own a target and lets some more through; here they are exact.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any

LARGEST = 10_000
"""Buckets kept. Routes that are gone leave theirs behind; the longest unused go first."""


class Buckets:
    """One for each route of each stage, as full as its last request left it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._levels: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable, rate: float, burst: int) -> bool:
        """Whether there was a token left; if so, it is taken. A new bucket is full."""
        now = self._clock()
        level, then = self._levels.pop(key, (float(burst), now))
        level = min(float(burst), level + (now - then) * rate)
        taken = level >= 1
        self._levels[key] = (level - 1 if taken else level, now)
        while len(self._levels) > LARGEST:
            del self._levels[next(iter(self._levels))]
        return taken


def limits(stage: Mapping[str, Any], route: str) -> tuple[float, int] | None:
    """Rate and burst of a route; None where there are none. Settings of its own replace all of the
    stage's: what they leave out is not taken from there."""
    own = (stage.get("routeSettings") or {}).get(route)
    found = own or stage.get("defaultRouteSettings") or {}
    rate, burst = found.get("throttlingRateLimit"), found.get("throttlingBurstLimit")
    return None if rate is None or burst is None else (float(rate), int(burst))
