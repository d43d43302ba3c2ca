"""Reviews and the runs that wait for them, each as narrow as who uses it.

Everything that writes is one conditional write: of two at once, one finds that it came too late.
Each may raise StorageUnavailableError.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.review import (
    Decision,
    Place,
    Review,
    Token,
    Waiting,
    WaitingPage,
)


class Decisions(Protocol):
    """As `save` reads them."""

    def decision(self, run: Run) -> Decision | None:
        """How the review of this run ended; None where there is none, or it is open."""
        ...


class Withdrawals(Protocol):
    """As who deletes a document sees them."""

    def withdraw(self, document: DocumentId, *, now: datetime) -> None:
        """Ends the review of a deleted document and removes what it holds of it.

        Also where there is none (yet): a step that was about to ask for one finds it withdrawn. The
        mark, an id and no more, goes by itself after a day.
        """
        ...


class Requests(Protocol):
    """As the workflow asks for a person."""

    def open(self, review: Review, token: Token) -> Review | None:
        """Opens it, or gives the open review of this run its new token; what stands if it is not
        open any more. None where another upload of the same document has a review."""
        ...


class Closings(Protocol):
    """As the workflow stops waiting."""

    def close(self, run: Run, *, now: datetime) -> Decision | None:
        """Times the review out; the decision that stands, which may be an earlier one.

        None where there is no review of this run.
        """
        ...


class Desk(Protocol):
    """As reviewers work on them."""

    def page(self, after: Place | None, limit: int) -> WaitingPage:
        """Open ones, longest waiting first."""
        ...

    def get(self, document: DocumentId) -> Review | None: ...

    def claim(
        self, document: DocumentId, reviewer: UserId, *, now: datetime, until: datetime
    ) -> Review | None:
        """Takes it, or keeps it for longer; None where it is not open or somebody else has it."""
        ...

    def decide(self, run: Run, decision: Decision) -> bool:
        """Writes the decision, if the review is open and claimed by who decides; whether it did."""
        ...


class Answers(Protocol):
    """Decisions whose run does not know of them yet."""

    def token(self, document: DocumentId) -> tuple[Token, Decision] | None:
        """What to answer, and with what; None where it was answered."""
        ...

    def answered(self, document: DocumentId, token: Token) -> None:
        """The run knows: the token is forgotten."""
        ...


class Round(Answers, Protocol):
    """As the watch goes round."""

    def unanswered(self, *, limit: int) -> list[DocumentId]: ...

    def waiting_since(self, before: datetime) -> Iterator[Waiting]:
        """Open reviews that were asked for before that, longest waiting first."""
        ...

    def get(self, document: DocumentId) -> Review | None: ...

    def escalated(self, document: DocumentId, *, now: datetime) -> None:
        """It was said again that nobody takes it."""
        ...

    def close(self, run: Run, *, now: datetime) -> Decision | None: ...


class Runs(Protocol):
    """Runs that wait for a person."""

    def resume(self, token: Token, *, by: UserId | None) -> bool:
        """Tells the run that there is a decision; False where no run is known by this token (now).

        A run that waits no longer is no error: it timed out, and finds the decision when it closes
        the review, or it was stopped.
        """
        ...
