"""Where attempts are counted."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.attempts import Counter


class Attempts(Protocol):
    """Each may raise AccountsUnavailableError: nobody is let through uncounted."""

    def count(self, counter: Counter, window: int) -> bool:
        """One more; False, and not counted, where that would be too many."""
        ...

    def take_back(self, counter: Counter, window: int) -> None:
        """One less."""
        ...
