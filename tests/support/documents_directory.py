"""The user directory in memory."""

from __future__ import annotations

import uuid

from lambdas.documents.model.account import Credentials, Registration, Tokens
from lambdas.documents.model.errors import SessionEndedError, WrongCredentialsError


class Directory:
    def __init__(self, *, at_once: bool = True) -> None:
        self.at_once = at_once
        self.passwords: dict[str, str] = {}
        self.confirmed: set[str] = set()
        self.refresh_tokens: set[str] = set()

    def register(self, credentials: Credentials) -> Registration | None:
        if credentials.email in self.passwords:
            return None
        self.passwords[credentials.email] = credentials.password
        if self.at_once:
            self.confirmed.add(credentials.email)
        return Registration(user=str(uuid.uuid4()), confirmed=self.at_once)

    def confirm(self, email: str, code: str) -> bool:
        right = email in self.passwords and code == "123456"
        if right:
            self.confirmed.add(email)
        return right

    def login(self, credentials: Credentials) -> Tokens:
        known = self.passwords.get(credentials.email) == credentials.password
        if not known or credentials.email not in self.confirmed:
            raise WrongCredentialsError
        self.refresh_tokens.add("refresh-1")
        return Tokens("access", "id", "refresh-1", 300)

    def refresh(self, refresh_token: str) -> Tokens:
        if refresh_token not in self.refresh_tokens:
            raise SessionEndedError
        self.refresh_tokens.remove(refresh_token)
        new = f"refresh-{int(refresh_token.removeprefix('refresh-')) + 1}"
        self.refresh_tokens.add(new)
        return Tokens("access", "id", new, 300)

    def revoke(self, refresh_token: str) -> None:
        self.refresh_tokens.discard(refresh_token)
