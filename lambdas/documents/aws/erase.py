"""The queue of deleted documents: every copy, version and row of each goes."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.adapters.database import DatabaseSettings, open_database
from lambdas.documents.aws.adapters.erasure import PostgresErasure
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.batch import Message, each_message
from lambdas.documents.aws.entries import event_of
from lambdas.documents.use_cases.erase import erase
from lambdas.shared.logging import Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings):
    documents_bucket: str


settings = load(Settings)
shelves = S3Objects(settings.documents_bucket)
books = PostgresErasure(open_database(settings))


@each_message
def handler(message: Message, log: Log) -> None:
    event = event_of(message)
    erase(event, books=books, shelves=shelves)
    log.info("document erased", document=event.document, user=event.user)
