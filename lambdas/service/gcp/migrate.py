"""Called by who deploys, when a migration was added: brings the schema up to date.

It logs in as a user of its own, who owns the tables, and lets the service's user have the role the
migrations made. It fails loudly; what was applied before stays applied.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql

from lambdas.service.migrations import migrations
from lambdas.shared.direct_schema import DirectSchema
from lambdas.shared.gcp.database import DatabaseSettings, connect
from lambdas.shared.logging import Log
from lambdas.shared.migrations import migrate
from lambdas.shared.settings import load

if TYPE_CHECKING:
    import flask

    from lambdas.service.gcp.http import Answer

ROLE = "service_api"
"""The role of lambdas/service/migrations/002_roles.sql."""


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings):
    service_user: str


settings = load(Settings)


def handler(request: flask.Request) -> Answer:
    if request.method != "POST":  # what only looks must change nothing
        return b"", 405, {"allow": "POST"}
    found = migrations()
    applied = migrate(found, schema=DirectSchema(lambda: connect(settings)))
    with connect(settings) as connection:
        connection.execute(
            sql.SQL("grant {} to {}").format(
                sql.Identifier(ROLE), sql.Identifier(settings.service_user)
            )
        )
    Log().info("schema is up to date", applied=applied, count=len(found))
    body = json.dumps({"applied": applied, "schema": found[-1].name}).encode()
    return body, 200, {"content-type": "application/json"}
