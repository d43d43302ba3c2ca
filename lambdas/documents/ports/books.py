"""The books: users, documents and timetables, seen from two sides."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from lambdas.documents.model.document import Document, Page, Position
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Outcome, Run, Settled


class Documents(Protocol):
    """As their owners see them. Each may raise DatabaseUnavailableError."""

    def welcome(self, user: UserId) -> None:
        """Makes the user's own row where there is none yet."""
        ...

    def add(self, document: Document) -> None: ...

    def get(self, document: DocumentId, owner: UserId) -> Document | None:
        """With its timetable. None also where it is somebody else's."""
        ...

    def page(self, owner: UserId, after: Position | None, limit: int) -> Page:
        """Newest first, without timetables."""
        ...

    def hide(self, document: DocumentId, owner: UserId, *, at: datetime) -> None:
        """From now on it is one that is not there, for its owner and for the workflow."""
        ...


class Erasure(Protocol):
    """As who erases sees them. Each may raise DatabaseUnavailableError."""

    def content(self, document: DocumentId, user: UserId) -> str | None:
        """SHA-256 of its upload; None where there is no such document or it was never settled."""
        ...

    def erase(self, document: DocumentId, user: UserId) -> None:
        """With all its content. What is not there counts as erased."""
        ...


class Outcomes(Protocol):
    """As the workflow writes them; a hidden document is not there.

    Each may raise DatabaseUnavailableError.
    """

    def settle(self, outcome: Outcome) -> Settled | None:
        """Writes the outcome, whole or not at all, where what stands gives way; says which stands.

        None when there is no such document of that user (any more).
        """
        ...

    def standing(self, run: Run) -> Settled | None:
        """What stands now; `pending` where nothing was settled yet."""
        ...
