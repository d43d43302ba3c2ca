"""Readings on their way from `read` to `interpret`."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.outcome import Run
from lambdas.documents.reading.page import Reading


class Readings(Protocol):
    def keep(self, run: Run, reading: Reading) -> str:
        """The key it lies under."""
        ...

    def get(self, run: Run) -> Reading | None: ...
