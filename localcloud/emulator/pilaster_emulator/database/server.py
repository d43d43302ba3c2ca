"""One PostgreSQL server for one cluster: on a Unix socket that only this user reaches.

It knows the roles Aurora has (`rds_superuser`, `rds_iam`, `rds_password`) and lets nobody in by
password but the master, whose password the RDS Data API has from its secret. Members of `rds_iam`
come through the login proxy, which has asked for their token.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilaster_emulator.database import plain_user

if TYPE_CHECKING:
    from psycopg2.extensions import connection

log = logging.getLogger("pilaster.database")

ADMIN = "rdsadmin"
"""The superuser; as in Aurora nobody logs in as it. The proxy refuses the name."""
PORT = 5432
"""Only a part of the socket's name."""
_PATIENCE = 30.0


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What all servers of one emulator share."""

    programs: Path
    data: Path
    sockets: Path
    logs: Path
    namespaces: bool


class Server:
    """The server of the cluster with this identifier; its data belongs to the identifier."""

    def __init__(self, identifier: str, installation: Installation) -> None:
        self.identifier = identifier
        self.folder = installation.data / identifier
        digest = hashlib.sha256(identifier.encode()).hexdigest()[:8]
        self.sockets = installation.sockets / f"pg-{digest}"
        self.pid = 0
        self._around = installation
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.sockets / f".s.PGSQL.{PORT}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def died(self) -> bool:
        """Whether it was started, and ended without being told to."""
        return self._process is not None and self._process.poll() is not None

    def start(self, master: str) -> None:
        """Start it with its former data, or with none. Call from a thread that does not end."""
        if self.running:
            return
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = not (self.folder / "data/PG_VERSION").exists()
        if new:
            self._initialise()
        (self.folder / "data/pg_hba.conf").write_text(
            f"local all {ADMIN} trust\n"
            f'local all "{master}" scram-sha-256\n'
            "local all +rds_iam trust\n"
            "local all all scram-sha-256\n"
        )
        began = time.monotonic()
        self._process, self.pid = plain_user.start(
            [
                str(self._around.programs / "bin/postgres"),
                *("-D", str(self.folder / "data"), "-k", str(self.sockets), "-p", str(PORT)),
                *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
                # Its files would stay in /dev/shm if it were killed.
                *("-c", "dynamic_shared_memory_type=mmap"),
                *("-c", "timezone=UTC", "-c", "log_timezone=UTC", "-c", "shared_buffers=32MB"),
            ],
            self.folder,
            self._around.logs / f"postgres-{self.identifier}.log",
            namespaces=self._around.namespaces,
        )
        self._await_ready()
        log.info("cluster %s: up in %.2f s", self.identifier, time.monotonic() - began)

    def stop(self) -> None:
        """End every session and stop; what was committed is on disk."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if self.running:
                os.kill(self.pid, signal.SIGINT)
        try:
            self._process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        shutil.rmtree(self.sockets, ignore_errors=True)

    def remove(self) -> None:
        """Stop it and delete its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self, *, master: str, password: str, database: str | None) -> None:
        """Bring roles and the initial database to what the cluster says; safe to repeat."""
        from psycopg2 import sql

        name = sql.Identifier(master)
        with self.admin() as cursor:
            for role in ("rds_superuser", "rds_iam", "rds_password"):
                _create_role(cursor, role, "NOLOGIN")
            _create_role(cursor, master, "LOGIN CREATEDB CREATEROLE")
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(name), [password])
            cursor.execute(sql.SQL("GRANT pg_monitor, pg_signal_backend TO rds_superuser"))
            cursor.execute(sql.SQL("GRANT rds_superuser TO {}").format(name))
            # The master may grant the IAM login and does not have it: it keeps its password.
            cursor.execute(
                sql.SQL("GRANT rds_iam TO {} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE").format(
                    name
                )
            )
            for wanted in ("postgres", database):
                if wanted is None:
                    continue
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [wanted])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(wanted)))
                cursor.execute(
                    sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(wanted), name)
                )

    def configure(self, parameters: Mapping[str, str]) -> None:
        """Set what a parameter group says and PostgreSQL knows; `rds.*` are Aurora's own."""
        from psycopg2 import Error, sql

        with self.admin() as cursor:
            cursor.execute("ALTER SYSTEM RESET ALL")
            for name, value in parameters.items():
                if "." in name:
                    continue
                statement = sql.SQL("ALTER SYSTEM SET {} = %s").format(sql.Identifier(name))
                try:
                    cursor.execute(statement, [value])
                except Error as error:
                    log.warning("parameter %s = %r: %s", name, value, error)
            cursor.execute("SELECT pg_reload_conf()")

    @contextlib.contextmanager
    def admin(self) -> Iterator[Any]:
        """A cursor of the superuser, each statement in a transaction of its own."""
        opened = self.connect(ADMIN, "postgres")
        try:
            with opened.cursor() as cursor:
                yield cursor
        finally:
            opened.close()

    def connect(self, user: str, database: str, password: str = "") -> connection:
        """A connection over the Unix socket, committing as it goes."""
        import psycopg2

        opened = psycopg2.connect(
            host=str(self.sockets), port=PORT, user=user, dbname=database, password=password
        )
        opened.autocommit = True
        return opened

    def _initialise(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        plain_user.run(
            [
                str(self._around.programs / "bin/initdb"),
                *("-D", str(self.folder / "data"), "-U", ADMIN, "--auth=trust", "-E", "UTF8"),
                *("--locale=C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            self.folder,
            namespaces=self._around.namespaces,
        )

    def _await_ready(self) -> None:
        from psycopg2 import OperationalError

        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and self.running:
            try:
                self.connect(ADMIN, "postgres").close()
            except OperationalError:
                time.sleep(0.02)
            else:
                return
        where = self._around.logs / f"postgres-{self.identifier}.log"
        self.stop()
        raise RuntimeError(
            f"PostgreSQL of cluster {self.identifier!r} does not answer, see {where}"
        )


def _create_role(cursor: Any, name: str, options: str) -> None:
    from psycopg2 import sql

    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), sql.SQL(options)))
