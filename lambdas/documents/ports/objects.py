"""The object store, as reading steps and as those who clear up see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Objects(Protocol):
    """Each may raise StorageUnavailableError."""

    def read(self, key: str, *, limit: int) -> bytes | None:
        """None where there is nothing. More than `limit` bytes raise ObjectTooLargeError."""
        ...

    def write(self, key: str, data: bytes, *, kind: str = "application/json") -> None:
        """`kind`: what it is served as."""
        ...


class Shelves(Protocol):
    """Each may raise StorageUnavailableError."""

    def delete(self, *keys: str) -> None:
        """What is there now; earlier versions stay. What is not there counts as deleted."""
        ...

    def copy(self, source: str, target: str) -> bool:
        """Whether there was anything to copy; what is empty is nothing."""
        ...

    def seal(self, key: str) -> None:
        """Erases what lies at the key, and leaves something empty there: a link that only adds,
        and is still good, finds its place taken."""
        ...

    def erase(self, prefix: str) -> None:
        """Deletes everything below it, and every earlier version."""
        ...


class Versions(Protocol):
    """May raise StorageUnavailableError."""

    def versions(self, prefix: str) -> Sequence[str]:
        """The store's names for each version of what lies below it, deleted ones included."""
        ...
