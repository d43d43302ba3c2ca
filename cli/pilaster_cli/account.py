"""The user `pilaster process` acts as: registered once, remembered with the local cloud's data."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from pilaster_cli.api import Api, Problem

GONE = frozenset({400, 401, 403, 404})
"""Answers to a login that mean: there is no such user any more."""


@dataclass(frozen=True)
class Account:
    email: str
    password: str

    @classmethod
    def new(cls) -> Account:
        # The suffix holds one of each kind of character a password policy may ask for.
        return cls(
            f"process-{secrets.token_hex(4)}@example.com", secrets.token_urlsafe(24) + "-Aa1"
        )


def sign_in(api: Api, remembered: Path) -> Account:
    """Signs in as the remembered user; registers a new one where there is none or it is gone.

    It is gone when the local cloud lost its user pool, after an unclean stop or a purge.
    """
    account = _read(remembered)
    if account is not None:
        try:
            api.login(account.email, account.password)
        except Problem as problem:
            if problem.status not in GONE:
                raise
        else:
            return account
    account = Account.new()
    api.register(account.email, account.password)
    api.login(account.email, account.password)
    _write(remembered, account)
    return account


def _read(path: Path) -> Account | None:
    try:
        return Account(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None  # not there, or not ours: a new user costs nothing


def _write(path: Path, account: Account) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own for each: two first calls at once must not write into one file.
    handle, half = tempfile.mkstemp(dir=path.parent)  # for its owner alone
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(account), file)
    Path(half).replace(path)
