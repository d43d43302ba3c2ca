"""The temporary credentials of a function's role: random, and with an end.

ministack derives them from the function's ARN, so that any function could compute another's, and
gives them no end, so that no database login can be checked against them.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass

from pilaster_emulator.functions.specification import Specification

_LIFETIME = 12 * 3600.0
_RENEWED_BEFORE = 6 * 3600.0


@dataclass(frozen=True)
class _Session:
    role: str
    expires: float
    variables: dict[str, str]


class Credentials:
    """One session per function and role, renewed in time."""

    def __init__(self) -> None:
        self._sessions: dict[str, _Session] = {}
        self._functions: dict[str, Specification] = {}
        self._lock = threading.Lock()

    def variables(self, function: Specification) -> dict[str, str]:
        """What Lambda puts into the environment."""
        with self._lock:
            known = self._sessions.get(function.arn)
            ends = time.time() + _RENEWED_BEFORE
            if known is None or known.role != function.role or known.expires < ends:
                known = self._sessions[function.arn] = self._new(function)
            self._functions[known.variables["AWS_ACCESS_KEY_ID"]] = function
            return known.variables

    def owner(self, access_key: str) -> Specification | None:
        """The function this key was given to."""
        return self._functions.get(access_key)

    def forget(self) -> None:
        """After a reset of the emulator its sessions are gone."""
        with self._lock:
            self._sessions.clear()
            self._functions.clear()

    def _new(self, function: Specification) -> _Session:
        from ministack.services import sts

        key = f"ASIA{secrets.token_hex(8).upper()}"
        secret, token = secrets.token_urlsafe(30), secrets.token_urlsafe(64)
        expires = time.time() + _LIFETIME
        role = function.role.rpartition("/")[2]
        session = function.name[:64]
        sts.register_session(
            key,
            {
                "Arn": f"arn:aws:sts::{function.account}:assumed-role/{role}/{session}",
                "UserId": f"{role}:{session}",
                "SecretAccessKey": secret,
                "SessionToken": token,
                "Expiration": expires,
            },
        )
        return _Session(
            function.role,
            expires,
            {
                "AWS_ACCESS_KEY_ID": key,
                "AWS_SECRET_ACCESS_KEY": secret,
                "AWS_SESSION_TOKEN": token,
            },
        )
