"""The user `pilaster process` acts as: registered once, remembered with the local cloud's data."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from pilaster_cli.api import Api, Problem


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
            if problem.status >= 500:
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
    half = path.with_suffix(".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(account), file)
    half.replace(path)
