"""Accounts: register, confirm, log in, stay so, log out. Nothing here tells whether an address has
an account: who guesses is told to wait whether or not anybody is there.
"""

from __future__ import annotations

import uuid

from lambdas.documents.model.account import Credentials, Registration, Tokens
from lambdas.documents.model.attempts import at_account, of_address
from lambdas.documents.model.errors import Fault, InvalidInputError, WrongCredentialsError
from lambdas.documents.ports.accounts import Accounts
from lambdas.documents.ports.attempts import Attempts
from lambdas.documents.use_cases.attempts import count_one, counted


def register(
    credentials: Credentials,
    *,
    at_once: bool,
    address: str,
    now: float,
    accounts: Accounts,
    attempts: Attempts,
) -> Registration:
    """An e-mail address that has an account gets an answer like any other.

    Its id belongs to nobody, no e-mail is sent, and the password given here opens nothing. The
    network `address` is counted: each account is an e-mail that we send.
    """
    count_one(of_address("register", address), attempts=attempts, now=now)
    registered = accounts.register(credentials)
    return registered or Registration(user=str(uuid.uuid4()), confirmed=at_once)


def confirm(
    email: str, code: str, *, address: str, now: float, accounts: Accounts, attempts: Attempts
) -> None:
    """Raises InvalidInputError for a wrong code, TooManyAttemptsError after too many."""
    counters = at_account("confirm", email, address)
    with counted(counters, attempts=attempts, now=now, wrong=InvalidInputError):
        if not accounts.confirm(email, code):
            raise InvalidInputError([Fault("code", "is wrong or too old")])


def login(
    credentials: Credentials, *, address: str, now: float, accounts: Accounts, attempts: Attempts
) -> Tokens:
    """Raises WrongCredentialsError, and TooManyAttemptsError after too many of those."""
    counters = at_account("login", credentials.email, address)
    with counted(counters, attempts=attempts, now=now, wrong=WrongCredentialsError):
        return accounts.login(credentials)


def refresh(refresh_token: str, *, accounts: Accounts) -> Tokens:
    """Not counted: nobody guesses a token. Raises SessionEndedError."""
    return accounts.refresh(refresh_token)


def logout(refresh_token: str, *, accounts: Accounts) -> None:
    """The refresh token is dead from now on; access tokens die of age, within minutes."""
    accounts.revoke(refresh_token)
