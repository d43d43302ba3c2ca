"""The workflow, as who starts it sees it."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.event import Event
from lambdas.documents.model.outcome import Run


class Runs(Protocol):
    def start(self, run: Run, uploaded: Event) -> bool:
        """Starts the workflow, which says that event first; False where it was started before."""
        ...
