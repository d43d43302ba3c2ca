"""The user directory."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.account import Credentials, Registration, Tokens


class Accounts(Protocol):
    """Each may raise AccountsUnavailableError or TooManyAttemptsError."""

    def register(self, credentials: Credentials) -> Registration | None:
        """None where the address has an account already."""
        ...

    def confirm(self, email: str, code: str) -> bool:
        """Whether this code confirms this address."""
        ...

    def login(self, credentials: Credentials) -> Tokens: ...

    def refresh(self, refresh_token: str) -> Tokens:
        """New tokens of the same session. The refresh token is a new one, and the old one is good
        no more. Raises SessionEndedError."""
        ...

    def revoke(self, refresh_token: str) -> None:
        """Ends the session. One that has ended stays so."""
        ...
