"""Connections to PostgreSQL: few, kept for the life of the process, renewed when they went stale.

As many as calls run at once in the process: one where the platform hands a process one call at a
time (Lambda), more where it does not (Cloud Functions, Azure Functions). Who finds none free waits
a moment and is then told that the database is busy.

A database that may pause closes idle sessions, and a function that was frozen finds its own closed
when it wakes. So work that meets a dead connection runs a second time on a new one; all work given
to `run` must therefore be safe to repeat. A connection that lay unused for longer than the server
keeps one is not tried at all.

How long a statement may run is said by the server: a proxy takes no settings from who connects.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import psycopg
from psycopg import errors

from lambdas.shared.deadline import OutOfTimeError
from lambdas.shared.unavailable import DatabaseUnavailableError

CONNECT_SECONDS = 5
SILENCE_MILLISECONDS = 4_000
"""How long what was sent may stay unacknowledged before the connection counts as lost."""
QUEUE_SECONDS = 5
"""How long a call waits for one of the process's connections."""

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
class Server:
    """Whom to connect to, as whom, and how sure to be that it is the one."""

    host: str
    """Its name; `verify-full` wants the same in its certificate."""
    port: int
    database: str
    user: str
    application: str
    """What the connection is called in `pg_stat_activity`."""
    idle_seconds: int
    """How long a connection may lie unused before the other end closes it."""
    roots: str | None
    """A file of certificate authorities, or `system`; None leaves it to libpq (PGSSLROOTCERT)."""
    sslmode: Literal["verify-full", "verify-ca"] = "verify-full"
    """`verify-ca` only for a server whose certificate cannot name the host, and whose authority
    signs for it alone."""
    at_once: int = 1
    """Connections of this process at the most."""
    refused_hint: str = "check its grant, that the migrations ran, and the certificate"
    """What to look at when the login is refused."""


class Database:
    """Safe to use from several threads."""

    def __init__(
        self,
        server: Server,
        password: Callable[[], str],
        connect: Callable[..., psycopg.Connection] = psycopg.connect,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._server = server
        self._password = password
        self._connect = connect
        # By the wall: a monotonic clock may stand still while the function is frozen.
        self._clock = clock
        self._room = threading.BoundedSemaphore(server.at_once)
        # The one used last is taken first, so that the others grow old and are let go.
        self._free: deque[tuple[psycopg.Connection, float]] = deque()

    def warm(self) -> None:
        """Connects ahead of the first call. A database that sleeps is the first call's matter."""
        try:
            self._keep(self._open())
        except (DatabaseUnavailableError, DatabaseRefusedError):
            return

    def run(self, work: Callable[[psycopg.Connection], _T]) -> _T:
        """`work` in one transaction; once more if the kept connection turns out to be dead.

        Raises DatabaseUnavailableError for what passes, DatabaseRefusedError for what does not.
        """
        if not self._room.acquire(timeout=QUEUE_SECONDS):
            raise DatabaseUnavailableError(
                f"all {self._server.at_once} connections of this process are in use"
            )
        try:
            kept = self._kept()
            if kept is not None:
                try:
                    return self._attempt(kept, work)
                except DatabaseUnavailableError:
                    if not kept.closed:  # alive and busy: a second try would only add to it
                        raise
            return self._attempt(self._open(), work)
        finally:
            self._room.release()

    def _kept(self) -> psycopg.Connection | None:
        """The connection used last, if the server may still have it."""
        while self._free:
            try:
                connection, used_at = self._free.pop()
            except IndexError:  # another thread was quicker
                return None
            if connection.closed:
                continue
            if self._clock() - used_at < self._server.idle_seconds:
                return connection
            connection.close()
        return None

    def _keep(self, connection: psycopg.Connection) -> None:
        self._free.append((connection, self._clock()))

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
                self._keep(connection)
        return result

    def _open(self) -> psycopg.Connection:
        return opened(self._server, self._password(), self._connect)


def opened(
    server: Server, password: str, connect: Callable[..., psycopg.Connection] = psycopg.connect
) -> psycopg.Connection:
    """A connection of the caller's own, in autocommit mode; errors as of `Database.run`."""
    roots = {} if server.roots is None else {"sslrootcert": server.roots}
    try:
        return connect(
            host=server.host,
            port=server.port,
            dbname=server.database,
            user=server.user,
            password=password,
            sslmode=server.sslmode,
            connect_timeout=CONNECT_SECONDS,
            # A function that was frozen may wake to a connection that is gone without a word.
            tcp_user_timeout=SILENCE_MILLISECONDS,
            keepalives_idle=30,
            application_name=server.application,
            autocommit=True,
            **roots,
        )
    except psycopg.OperationalError as error:
        said = str(error)
        if any(refusal in said for refusal in _REFUSALS):
            raise DatabaseRefusedError(
                f"{server.user!r} was refused by {server.host!r}: {server.refused_hint}"
            ) from error
        raise DatabaseUnavailableError(f"no connection to {server.host!r}") from error
