"""Run by the deployment when a migration is added, before new code: brings the schema up to date.

It fails loudly: an error here stops the deployment, and what was applied before stays applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.service.aws.logins import logins
from lambdas.service.migrations import migrations
from lambdas.shared.aws.data_api import DataApiSchema
from lambdas.shared.logging import Context, Log
from lambdas.shared.migrations import migrate
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    cluster_arn: str
    master_secret_arn: str
    database_name: str


settings = load(Settings)
schema = DataApiSchema(settings.cluster_arn, settings.master_secret_arn, settings.database_name)


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    found = [*migrations(), *logins()]
    applied = migrate(found, schema=schema)
    Log(context).info("schema is up to date", applied=applied, count=len(found))
    return {"applied": applied, "schema": found[-1].name}
