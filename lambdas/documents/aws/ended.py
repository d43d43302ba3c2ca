"""The queue of runs that ended badly: what is left to settle of each is settled.

AWS itself says so, as `Step Functions Execution Status Change`: also of a run that was stopped or
ran out of time, which takes no further step, and of one that failed before its last word.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.outbox import DynamoOutbox
from lambdas.documents.aws.adapters.outcomes import PostgresOutcomes
from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.batch import Message, each_message
from lambdas.documents.aws.workflow import name_of, run_of
from lambdas.documents.use_cases.ended import settle_ended
from lambdas.shared.aws.database import DatabaseSettings, open_database
from lambdas.shared.logging import Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings):
    documents_bucket: str
    outbox_table: str
    reviews_table: str


settings = load(Settings)
shelves = S3Objects(settings.documents_bucket)
outbox = DynamoOutbox(settings.outbox_table)
reviews = DynamoReviews(settings.reviews_table)
outcomes = PostgresOutcomes(open_database(settings))


@each_message
def handler(message: Message, log: Log) -> None:
    ended = message["detail"]
    run = run_of(json.loads(ended["input"]))
    settled = settle_ended(
        run,
        # Stopped and timed-out runs have no error of their own; their status says it.
        error=name_of(ended.get("error") or ended["status"]),
        now=datetime.now(UTC),
        outcomes=outcomes,
        closings=reviews,
        shelves=shelves,
        outbox=outbox,
    )
    log.info(
        "ended run settled",
        document=run.document,
        status=settled.status.value if settled else None,
    )
