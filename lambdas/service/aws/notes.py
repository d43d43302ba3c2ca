"""The service on AWS: every route but /health, inside the network, logged in with IAM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdas.service.app import App
from lambdas.service.aws.http import decode, encode
from lambdas.service.postgres.notes import PostgresNotes
from lambdas.shared.aws.database import DatabaseSettings, open_database
from lambdas.shared.logging import Context, Log
from lambdas.shared.settings import load

settings = load(DatabaseSettings)
app = App(PostgresNotes(open_database(settings)))


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    request = decode(event, context)
    return encode(app.respond(request, Log(context, request_id=request.request_id)))
