"""What became of each document, kept to be counted: ids, numbers and names, never text."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.event import Event


class Records(Protocol):
    def keep(self, event: Event) -> bool:
        """Whether it was new: the same event is kept once, however often it is heard.

        May raise StorageUnavailableError.
        """
        ...
