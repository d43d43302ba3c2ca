"""What is kept by the bytes it was made from."""

from __future__ import annotations

from typing import Protocol


class Memory(Protocol):
    """Whatever is kept by the bytes it was made from, as who erases sees it."""

    def forget(self, content: str) -> None:
        """Also where another document has the same bytes: it is made again for that one.

        May raise StorageUnavailableError.
        """
        ...
