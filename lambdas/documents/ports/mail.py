"""Letters: where they go, whether somebody wants them, and the post."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.identity import UserId
from lambdas.documents.model.letter import Letter


class Addresses(Protocol):
    """May raise AccountsUnavailableError or TooManyAttemptsError."""

    def of(self, user: UserId) -> str | None:
        """None for an account that is gone, or whose address nobody has shown to be theirs."""
        ...


class Wishes(Protocol):
    """May raise PushUnavailableError."""

    def wants_mail(self, user: UserId) -> bool:
        """True for who never said anything."""
        ...

    def set(self, user: UserId, *, mail: bool) -> None: ...


class Post(Protocol):
    def send(self, to: str, letter: Letter) -> None:
        """Raises MailUnavailableError, or MailRefusedError for what is not taken."""
        ...
