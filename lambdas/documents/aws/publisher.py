"""The outbox's stream: says what inside functions wrote down.

What passes by itself makes Lambda call again with the same records, until they go through. What
does not is put into a queue of its own, so that it keeps nothing else waiting: from there it is
tried a few times more, and then lies in the dead-letter queue. Records that Lambda gave up on after
a day are announced in the same queue; what is in the table then was not said, and is said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.adapters.bus import EventBridgeBus
from lambdas.documents.aws.adapters.outbox import DynamoOutbox, event_of_item
from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.adapters.stops import StepFunctionsStops
from lambdas.documents.aws.batch import Message, each_message
from lambdas.documents.model.errors import (
    BusUnavailableError,
    RunsUnavailableError,
    StorageUnavailableError,
)
from lambdas.documents.model.event import Event
from lambdas.documents.use_cases.publish import publish
from lambdas.shared.aws.clients import client
from lambdas.shared.logging import Context, Log
from lambdas.shared.settings import load

PASSING = (BusUnavailableError, RunsUnavailableError, StorageUnavailableError)


@dataclass(frozen=True, kw_only=True)
class Settings:
    outbox_table: str
    event_bus: str
    unsaid_queue_url: str
    state_machine_arn: str
    reviews_table: str


settings = load(Settings)
outbox = DynamoOutbox(settings.outbox_table)
bus = EventBridgeBus(settings.event_bus)
runs = StepFunctionsStops(settings.state_machine_arn)
reviews = DynamoReviews(settings.reviews_table)
queue = client("sqs")


class NotYetSaidError(Exception):
    """Some of these records wait for something that passes: they come again."""


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    records = event["Records"]
    if records and records[0]["eventSource"] == "aws:sqs":
        return _again(event, context)
    log, waiting = Log(context), 0
    for record in records:
        item = record["dynamodb"]["NewImage"]
        try:
            _say(event_of_item(item), log)
        except PASSING as error:
            log.failure("event not said yet", error)
            waiting += 1
        except Exception as error:  # noqa: BLE001 - it would keep all that follows waiting
            log.failure("event put aside", error)
            queue.send_message(
                QueueUrl=settings.unsaid_queue_url, MessageBody=json.dumps({"item": item})
            )
    if waiting:
        raise NotYetSaidError(f"{waiting} of {len(records)} records come again")
    return None


@each_message
def _again(message: Message, log: Log) -> None:
    if "item" in message:
        _say(event_of_item(message["item"]), log)
        return
    while left := outbox.left():
        for event in left:
            _say(event, log)


def _say(event: Event, log: Log) -> None:
    publish(
        event,
        now=datetime.now(UTC),
        unsaid=outbox,
        bus=bus,
        runs=runs,
        reviews=reviews,
    )
    log.info("event said", kind=event.type.value, document=event.document, version=event.version)
