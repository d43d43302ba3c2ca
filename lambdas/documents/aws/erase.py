"""The queue of deleted documents: every copy, version and row of each goes, and what was kept by
its content."""

from __future__ import annotations

import os
from dataclasses import dataclass

from lambdas.documents.aws.adapters.erasure import PostgresErasure
from lambdas.documents.aws.adapters.forgotten import ForgottenReadings
from lambdas.documents.aws.adapters.model_books import ForgottenAnswers
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.valkey import CacheSettings, open_valkey
from lambdas.documents.aws.batch import Message, each_message
from lambdas.documents.aws.entries import event_of
from lambdas.documents.ports.memory import Memory
from lambdas.documents.use_cases.erase import erase
from lambdas.shared.aws.clients import client
from lambdas.shared.aws.database import DatabaseSettings, open_database
from lambdas.shared.logging import Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings, CacheSettings):
    documents_bucket: str
    upload_limit_mib: int


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """Only where a model is asked."""

    model_table: str


settings = load(Settings)
shelves = S3Objects(settings.documents_bucket)
memories: list[Memory] = [ForgottenReadings(open_valkey(settings))]
if "MODEL_TABLE" in os.environ:
    memories.append(ForgottenAnswers(load(ModelSettings).model_table, client("dynamodb")))
books = PostgresErasure(open_database(settings))


@each_message
def handler(message: Message, log: Log) -> None:
    event = event_of(message)
    erase(
        event,
        books=books,
        objects=shelves,
        shelves=shelves,
        memories=memories,
        limit=settings.upload_limit_mib * 2**20,
    )
    log.info("document erased", document=event.document, user=event.user)
