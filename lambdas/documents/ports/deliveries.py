"""What was told to somebody already, by event and by way. May raise PushUnavailableError."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class Deliveries(Protocol):
    """Of one way: sockets or mail."""

    def begin(self, event: UUID) -> bool:
        """Whether this is ours to tell; False if it was told.

        Raises BusyError while somebody else is at it: whether they get through is not known yet.
        """
        ...

    def done(self, event: UUID) -> None: ...

    def give_back(self, event: UUID) -> None:
        """It did not get through, and somebody may try again at once."""
        ...
