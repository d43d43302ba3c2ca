"""An app of its own, run as the database's administrator: brings the schema up to date.

It runs when it starts, which sending up its code makes it do, and once a night, which changes
nothing. No request reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass

import azure.functions as func
import psycopg

from lambdas.service.azure.database import POSTGRESQL, DatabaseSettings, server_of
from lambdas.service.azure.identity import Tokens
from lambdas.service.azure.logins import let_in
from lambdas.service.migrations import migrations
from lambdas.shared.direct_schema import DirectSchema
from lambdas.shared.logging import Log
from lambdas.shared.migrations import migrate
from lambdas.shared.postgres import opened
from lambdas.shared.settings import load

NIGHTLY = "0 0 3 * * *"
handler = func.FunctionApp()


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings):
    api_principal_id: str
    """The identity of the API's app, which is the database user `service_api`."""
    entra_logins: bool
    """Whether the server knows Entra's identities; the one on a developer's machine does not."""


@handler.function_name("migrate")
@handler.timer_trigger(arg_name="timer", schedule=NIGHTLY, run_on_startup=True)
def run(timer: func.TimerRequest) -> None:
    settings = load(Settings)
    server = server_of(settings)
    tokens = Tokens(POSTGRESQL, client_id=settings.azure_client_id)

    def connect() -> psycopg.Connection:
        connection = opened(server, tokens.token())
        connection.execute("set statement_timeout = 0")  # migrations take their time
        return connection

    schema = DirectSchema(connect)
    found = migrations()
    applied = migrate(found, schema=schema)
    if settings.entra_logins:
        let_in(settings.api_principal_id, schema=schema)
    Log().info("schema is up to date", applied=applied, count=len(found))
