"""How often a user may ask."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.identity import UserId


class Limits(Protocol):
    def take(self, user: UserId) -> None:
        """Counts one request. Raises TooManyRequestsError where it is one too many."""
        ...
