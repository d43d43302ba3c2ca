"""Prepared pages on their way from `preprocess` to `read`, and to whoever looks at them later."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.outcome import Run
from lambdas.documents.preprocessing.pictures import Picture
from lambdas.documents.preprocessing.sheets import Sheets


class PreparedSheets(Protocol):
    """Each may raise StorageUnavailableError."""

    def keep_picture(self, run: Run, number: int, picture: Picture) -> str:
        """The key it lies under."""
        ...

    def keep(self, run: Run, sheets: Sheets) -> str:
        """The key the list lies under."""
        ...

    def get(self, run: Run) -> Sheets | None: ...

    def picture(self, key: str) -> Picture | None: ...
