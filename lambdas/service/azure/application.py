"""The service, wired: imported by the first request that is none for /health."""

from __future__ import annotations

from lambdas.service.app import App
from lambdas.service.azure.database import DatabaseSettings, open_database
from lambdas.service.postgres.notes import PostgresNotes
from lambdas.shared.settings import load

app = App(PostgresNotes(open_database(load(DatabaseSettings))))
