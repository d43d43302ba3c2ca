"""The workflow, as who starts it sees it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from lambdas.documents.model.event import Event
from lambdas.documents.model.identity import DocumentId
from lambdas.documents.model.outcome import Run


class Stops(Protocol):
    def stop(self, document: DocumentId) -> None:
        """Ends every run of that document that still goes on, one that waits for a person too.

        May raise RunsUnavailableError.
        """
        ...


class Runs(Protocol):
    def start(self, run: Run, uploaded: Event) -> bool:
        """Starts the workflow, which says that event first; False where it was started before."""
        ...

    def running(self, names: Collection[str]) -> Collection[str]:
        """Those of the runs that have not ended, or of which that cannot be said."""
        ...
