"""Accounts: what an e-mail address and a password must look like before the directory is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lambdas.documents.model.errors import Fault, InvalidInputError

MAX_EMAIL, MAX_PASSWORD, MAX_CODE, MAX_TOKEN = 254, 256, 64, 8192

PASSWORD_RULES = {
    "at least 12 characters": r".{12,}",
    "a lower case letter": r".*[a-z]",
    "an upper case letter": r".*[A-Z]",
    "a digit": r".*[0-9]",
}
"""The user pool has these rules as well. Asked first, they make the answer to a weak password the
same whether the address has an account or not: the pool looks at the address before it does."""

_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[^\s@.\x00-\x1f\x7f]+(\.[^\s@.\x00-\x1f\x7f]+)+")


@dataclass(frozen=True)
class Credentials:
    email: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(...)"  # a password must not reach a log by way of an error


@dataclass(frozen=True)
class Registration:
    user: str
    confirmed: bool


@dataclass(frozen=True)
class Tokens:
    access_token: str
    id_token: str
    refresh_token: str
    expires_in: int

    def __repr__(self) -> str:
        return "Tokens(...)"


def credentials(email: object, password: object) -> Credentials:
    faults: list[Fault] = []
    address = _email(email, faults)
    secret = _text("password", password, MAX_PASSWORD, faults)
    if faults:
        raise InvalidInputError(faults)
    return Credentials(address, secret)


def new_credentials(email: object, password: object) -> Credentials:
    """For a new account, whose password must keep the rules."""
    given = credentials(email, password)
    missing = [
        rule
        for rule, pattern in PASSWORD_RULES.items()
        if not re.match(pattern, given.password, re.DOTALL)
    ]
    if missing:
        raise InvalidInputError([Fault("password", f"must have {', '.join(missing)}")])
    return given


def confirmation(email: object, code: object) -> tuple[str, str]:
    """The address and its code."""
    faults: list[Fault] = []
    address = _email(email, faults)
    text = _text("code", code, MAX_CODE, faults).strip()
    if faults:
        raise InvalidInputError(faults)
    return address, text


def refresh_token(token: object) -> str:
    """A token as it stands: what is in it is the directory's."""
    faults: list[Fault] = []
    text = _text("refresh_token", token, MAX_TOKEN, faults)
    if faults:
        raise InvalidInputError(faults)
    return text


def _email(email: object, faults: list[Fault]) -> str:
    text = _text("email", email, MAX_EMAIL, faults).strip()
    if text and not _EMAIL.fullmatch(text):
        faults.append(Fault("email", "must be an e-mail address"))
    return text.lower()


def _text(field: str, value: object, longest: int, faults: list[Fault]) -> str:
    if not isinstance(value, str) or not value.strip():
        faults.append(Fault(field, "must be text and not empty"))
        return ""
    if len(value) > longest:
        faults.append(Fault(field, f"must have at most {longest} characters"))
        return ""
    if not value.isprintable() and field != "password":
        faults.append(Fault(field, "must not contain control characters"))
        return ""
    if any("\ud800" <= character <= "\udfff" for character in value):
        faults.append(Fault(field, "must be valid Unicode"))
        return ""
    return value
