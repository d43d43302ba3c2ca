"""The connection to PostgreSQL: one, kept for the life of the process, renewed when it went stale.

An Aurora that may pause closes idle sessions, and a function that was frozen finds its own closed
when it wakes. So work that meets a dead connection runs a second time on a new one; all work given
to `run` must therefore be safe to repeat. A connection that lay unused for longer than the server
keeps one is not tried at all.

How long a statement may run is said by the server: a proxy takes no settings from who connects.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import psycopg
from psycopg import errors

from lambdas.documents.aws.adapters.login import Login
from lambdas.documents.aws.adapters.signing import Keys
from lambdas.documents.model.errors import DatabaseUnavailableError
from lambdas.shared.certificates import RDS_BUNDLE
from lambdas.shared.deadline import OutOfTimeError

CONNECT_SECONDS = 5
SILENCE_MILLISECONDS = 4_000
"""How long what was sent may stay unacknowledged before the connection counts as lost."""

_T = TypeVar("_T")

_PASSING = (
    errors.AdminShutdown,
    errors.CannotConnectNow,
    errors.CrashShutdown,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.SerializationFailure,
    errors.TooManyConnections,
)
# libpq reports a refused login as text only.
_REFUSALS = ("authentication failed", "pg_hba.conf", "certificate", "does not exist")


class DatabaseRefusedError(Exception):
    """The database does not let this function in: a grant, a role or a certificate is wrong."""


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """What every function with a database reads."""

    database_host: str
    database_port: int
    database_name: str
    database_user: str
    database_proxied: bool
    database_idle_seconds: int


class Database:
    def __init__(
        self,
        settings: DatabaseSettings,
        password: Callable[[], str],
        connect: Callable[..., psycopg.Connection] = psycopg.connect,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._password = password
        self._connect = connect
        # By the wall: a monotonic clock may stand still while the function is frozen.
        self._clock = clock
        self._used_at = 0.0
        self._connection: psycopg.Connection | None = None

    def warm(self) -> None:
        """Connects ahead of the first call. A database that sleeps is the first call's matter."""
        try:
            self._connection = self._open()
            self._used_at = self._clock()
        except (DatabaseUnavailableError, DatabaseRefusedError):
            self._connection = None

    def run(self, work: Callable[[psycopg.Connection], _T]) -> _T:
        """`work` in one transaction; once more if the kept connection turns out to be dead."""
        kept, self._connection = self._connection, None
        unused = self._clock() - self._used_at
        self._used_at = self._clock()
        if kept is not None and unused >= self._settings.database_idle_seconds:
            kept.close()
        if kept is not None and not kept.closed:
            try:
                return self._attempt(kept, work)
            except DatabaseUnavailableError:
                if not kept.closed:  # alive and busy: a second try would only add to it
                    self._connection = kept
                    raise
        return self._attempt(self._open(), work)

    def _attempt(
        self, connection: psycopg.Connection, work: Callable[[psycopg.Connection], _T]
    ) -> _T:
        try:
            with connection.transaction():
                result = work(connection)
        except _PASSING as error:
            raise DatabaseUnavailableError("the database is busy or going down") from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if connection.closed:
                raise DatabaseUnavailableError("the connection to the database ended") from error
            raise
        except OutOfTimeError:
            connection.close()  # a statement may still run on it, and the next call would meet that
            raise
        finally:
            if not connection.closed:
                self._connection = connection
        return result

    def _open(self) -> psycopg.Connection:
        settings = self._settings
        # libpq reads PGSSLROOTCERT by itself; an argument of ours would override it.
        roots = {} if os.environ.get("PGSSLROOTCERT") else {"sslrootcert": _roots(settings)}
        try:
            return self._connect(
                host=settings.database_host,
                port=settings.database_port,
                dbname=settings.database_name,
                user=settings.database_user,
                password=self._password(),
                sslmode="verify-full",
                connect_timeout=CONNECT_SECONDS,
                # A function that was frozen may wake to a connection that is gone without a word.
                tcp_user_timeout=SILENCE_MILLISECONDS,
                keepalives_idle=30,
                application_name=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "documents"),
                autocommit=True,
                **roots,
            )
        except psycopg.OperationalError as error:
            said = str(error)
            if any(refusal in said for refusal in _REFUSALS):
                raise DatabaseRefusedError(
                    f"{settings.database_user!r} was refused by {settings.database_host!r}: check "
                    "its rds-db:connect grant, that the migrations ran, and the certificate"
                ) from error
            raise DatabaseUnavailableError(
                f"no connection to {settings.database_host!r}"
            ) from error


def _roots(settings: DatabaseSettings) -> str:
    """RDS has authorities of its own; a proxy's certificate is of those every system knows."""
    if not settings.database_proxied:
        return RDS_BUNDLE
    return ssl.get_default_verify_paths().cafile or "system"


def open_database(settings: DatabaseSettings) -> Database:
    """The database of `settings`, logged in to as this function, warmed."""
    login = Login(
        keys=Keys.of_this_function(),
        region=os.environ["AWS_REGION"],
        host=settings.database_host,
        port=settings.database_port,
        user=settings.database_user,
    )
    database = Database(settings, login.token)
    database.warm()
    return database
