"""Aurora, or the proxy before it: logged in to with the function's own role, verified always."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass

from lambdas.shared.aws.login import Login
from lambdas.shared.aws.signing import Keys
from lambdas.shared.certificates import RDS_BUNDLE
from lambdas.shared.postgres import Database, Server


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """What every function with a database reads."""

    database_host: str
    database_port: int
    database_name: str
    database_user: str
    database_proxied: bool
    database_idle_seconds: int


def server_of(settings: DatabaseSettings) -> Server:
    """The server the settings name. Lambda hands a process one call at a time: one connection."""
    return Server(
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
        user=settings.database_user,
        application=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "documents"),
        idle_seconds=settings.database_idle_seconds,
        # libpq reads PGSSLROOTCERT by itself; an argument of ours would override it.
        roots=None if os.environ.get("PGSSLROOTCERT") else _roots(settings),
        refused_hint=(
            "check its rds-db:connect grant, that the migrations ran, and the certificate"
        ),
    )


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
    database = Database(server_of(settings), login.token)
    database.warm()
    return database
