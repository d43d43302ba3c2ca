"""The service, wired up: imported by the first request that is more than a health check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.service.app import App
from lambdas.service.gcp.http import Answer, decode, encode
from lambdas.service.postgres.notes import PostgresNotes
from lambdas.shared.gcp.database import DatabaseSettings, open_database
from lambdas.shared.settings import load

if TYPE_CHECKING:
    import flask


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings):
    request_seconds: int


settings = load(Settings)
app = App(PostgresNotes(open_database(settings)))


def respond(request: flask.Request) -> Answer:
    return encode(app.respond(decode(request, seconds=settings.request_seconds)))
