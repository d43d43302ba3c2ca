"""The workflow, as who starts it sees it."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.outcome import Run


class Runs(Protocol):
    def start(self, run: Run) -> bool:
        """Starts the workflow; False where this run was started before."""
        ...
