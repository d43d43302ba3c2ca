"""A circuit breaker: after failures in a row nobody is kept waiting for a service that is down.

Shared by all runs of the function: its state is two numbers, kept outside. Open, it asks a person
at once; after a pause one run may try, and its success closes it.
"""

from __future__ import annotations

from dataclasses import dataclass

OPENS_AT = 5
"""Calls in a row that were given up; each was tried for minutes."""
PAUSE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Circuit:
    """What all runs know of the service."""

    failures: int = 0
    opened_at: int = 0
    """When the last of `OPENS_AT` failures or the last try came; 0 while it is closed."""

    def is_open(self, now: int) -> bool:
        return self.failures >= OPENS_AT and now < self.opened_at + PAUSE_SECONDS

    def may_try(self, now: int) -> bool:
        """Whether this is the one that looks if the service is back: the pause is over."""
        return self.failures >= OPENS_AT and not self.is_open(now)
