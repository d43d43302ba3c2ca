"""PostgreSQL flexible server: logged in to as the app's identity, verified always."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass

from lambdas.service.azure.identity import Tokens
from lambdas.shared.postgres import Database, Server

POSTGRESQL = "https://ossrdbms-aad.database.windows.net"
"""What a token for Azure's PostgreSQL is for."""


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """What every function with a database reads."""

    database_host: str
    database_port: int
    database_name: str
    database_user: str
    database_at_once: int
    database_idle_seconds: int
    azure_client_id: str


def server_of(settings: DatabaseSettings) -> Server:
    """The server the settings name."""
    return Server(
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
        user=settings.database_user,
        application=os.environ.get("WEBSITE_SITE_NAME", "service"),
        idle_seconds=settings.database_idle_seconds,
        # Azure's certificates are of authorities every system knows. libpq reads PGSSLROOTCERT by
        # itself; an argument of ours would override it.
        roots=None if os.environ.get("PGSSLROOTCERT") else _roots(),
        at_once=settings.database_at_once,
        refused_hint="check that the migrations ran, which name this app's identity to the server",
    )


def open_database(settings: DatabaseSettings) -> Database:
    """The database of `settings`, logged in to as this app, warmed."""
    tokens = Tokens(POSTGRESQL, client_id=settings.azure_client_id)
    database = Database(server_of(settings), tokens.token)
    database.warm()
    return database


def _roots() -> str:
    return ssl.get_default_verify_paths().cafile or "system"
