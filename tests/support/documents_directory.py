"""The user directory in memory."""

from __future__ import annotations

import uuid

from lambdas.documents.model.account import Credentials, Registration, Tokens
from lambdas.documents.model.errors import WrongCredentialsError


class Directory:
    def __init__(self, *, at_once: bool = True) -> None:
        self.at_once = at_once
        self.passwords: dict[str, str] = {}
        self.confirmed: set[str] = set()

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
        return Tokens("access", "id", "refresh", 3600)
