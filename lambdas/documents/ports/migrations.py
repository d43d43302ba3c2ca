"""The database, as who changes its schema sees it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Transaction(Protocol):
    """One transaction; committed when its block ends, rolled back when that raises."""

    def execute(self, statement: str, **values: str) -> list[tuple[str, ...]]:
        """One statement, with `:name` for values; its rows as text."""
        ...


class Schema(Protocol):
    def transaction(self) -> AbstractContextManager[Transaction]: ...
