"""A PostgreSQL behind TLS on loopback, with as many connections as a test allows."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from pilaster_local.services import authority
from pilaster_local.services.stand_ins import tls

from tests.support.documents_postgres import Postgres, postgres


@dataclass(frozen=True)
class Listening:
    port: int
    database: str
    roots: Path
    """The authority that signed the server's certificate, which is for `localhost`."""
    inside: Postgres

    def owner(self) -> psycopg.Connection:
        """As who owns the tables, on the Unix socket."""
        return self.inside.connect()


@contextmanager
def listening(*, max_connections: int) -> Iterator[Listening]:
    """Whoever comes over TLS is let in without a password: logins are not what is tested."""
    with postgres(f"max_connections={max_connections}") as running:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        roots = authority.make(running.folder)
        tls.listen(port, running.folder / ".s.PGSQL.5432", running.folder)
        yield Listening(port, running.database, roots, running)
