"""What was read before, by the bytes it was read from. It may forget, and may be away."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.reading.page import Reading


class KnownReadings(Protocol):
    def find(self, content: str) -> Reading | None:
        """What this very reader made of a file with this digest; None also when it is away."""
        ...

    def remember(self, content: str, reading: Reading) -> None: ...
