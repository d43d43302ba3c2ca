"""The queue of finished jobs: each is recorded once, to be counted by day, route and duration."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.adapters.records import S3Records
from lambdas.documents.aws.batch import Message, each_message
from lambdas.documents.aws.entries import event_of
from lambdas.shared.logging import Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    records_bucket: str


settings = load(Settings)
records = S3Records(settings.records_bucket)


@each_message
def handler(message: Message, log: Log) -> None:
    event = event_of(message)
    new = records.keep(event)
    log.info(
        "event recorded" if new else "event was recorded before",
        kind=event.type.value,
        document=event.document,
        version=event.version,
    )
