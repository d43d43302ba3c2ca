"""Cloud SQL: logged in to as the function's own account, over TLS that is verified always."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from typing import IO

import psycopg

from lambdas.shared.gcp.login import Login
from lambdas.shared.postgres import CONNECT_SECONDS, Database, Server


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """What every function with a database reads."""

    database_host: str
    database_port: int
    database_name: str
    database_user: str
    database_authority: str
    """The instance's own certificate authority, in PEM. No secret: it is shown to who connects."""
    database_idle_seconds: int
    database_connections: int


def server_of(settings: DatabaseSettings) -> Server:
    """The server the settings name.

    Its certificate names no host, and its authority signs for this one instance alone: who trusts
    that authority and no other is as sure as by a name (`verify-ca`).
    """
    return Server(
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
        user=settings.database_user,
        application=os.environ.get("K_SERVICE", "service"),
        idle_seconds=settings.database_idle_seconds,
        roots=authority_file(settings.database_authority),
        sslmode="verify-ca",
        at_once=settings.database_connections,
        refused_hint=(
            "check its roles/cloudsql.instanceUser, that the migrations ran, and the certificate"
        ),
    )


def authority_file(authority: str) -> str:
    """The file libpq reads it from: it takes no certificate but from a file."""
    return _written(authority).name


@cache
def _written(authority: str) -> IO[str]:
    """Kept open, since it goes when it is closed: where instances share a disk, none is left."""
    file = tempfile.NamedTemporaryFile("w", prefix="authority-", suffix=".pem")  # noqa: SIM115
    file.write(authority)
    file.flush()
    return file


def open_database(settings: DatabaseSettings) -> Database:
    """The database of `settings`, logged in to as this function, warmed."""
    database = Database(server_of(settings), Login().token)
    database.warm()
    return database


def connect(settings: DatabaseSettings) -> psycopg.Connection:
    """One connection that nobody keeps; for migrations."""
    server = server_of(settings)
    return psycopg.connect(
        host=server.host,
        port=server.port,
        dbname=server.database,
        user=server.user,
        password=Login().token(),
        sslmode=server.sslmode,
        sslrootcert=server.roots,
        connect_timeout=CONNECT_SECONDS,
        application_name=server.application,
        # Migrations take their time.
        options="-c statement_timeout=0",
        autocommit=True,
    )
