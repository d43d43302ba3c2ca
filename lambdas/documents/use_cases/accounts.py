"""Accounts: register, confirm, log in. Nothing here tells whether an address has an account."""

from __future__ import annotations

import uuid

from lambdas.documents.model.account import Credentials, Registration, Tokens
from lambdas.documents.model.errors import Fault, InvalidInputError
from lambdas.documents.ports.accounts import Accounts


def register(credentials: Credentials, *, at_once: bool, accounts: Accounts) -> Registration:
    """An address that has an account gets an answer like any other.

    Its id belongs to nobody, no e-mail is sent, and the password given here opens nothing.
    """
    registered = accounts.register(credentials)
    return registered or Registration(user=str(uuid.uuid4()), confirmed=at_once)


def confirm(email: str, code: str, *, accounts: Accounts) -> None:
    if not accounts.confirm(email, code):
        raise InvalidInputError([Fault("code", "is wrong or too old")])


def login(credentials: Credentials, *, accounts: Accounts) -> Tokens:
    return accounts.login(credentials)
