"""The outbox in DynamoDB: an item per event, from when it is written until it is said.

What is in the table was not said. Its stream tells the publisher of each new item.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.aws.entries import detail, event_of
from lambdas.documents.model.errors import StorageUnavailableError
from lambdas.documents.model.event import Event
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes

Item = Mapping[str, Mapping[str, Any]]

LEFT = 100
"""Items looked at in one go."""


class DynamoOutbox:
    def __init__(self, table: str, dynamodb: Any = None) -> None:
        self._table = table
        self._dynamodb = dynamodb or client("dynamodb")

    def put(self, event: Event) -> None:
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item=item_of(event),
                ConditionExpression="attribute_not_exists(id)",
            )
        except AWS_ERRORS as error:
            if (
                isinstance(error, ClientError)
                and code_of(error) == "ConditionalCheckFailedException"
            ):
                return
            raise _translated(error, f"put {event.type.value}") from error

    def said(self, event: Event) -> None:
        try:
            self._dynamodb.delete_item(TableName=self._table, Key={"id": {"S": str(event.id)}})
        except AWS_ERRORS as error:
            raise _translated(error, f"forget {event.type.value}") from error

    def left(self) -> Sequence[Event]:
        try:
            answer = self._dynamodb.scan(TableName=self._table, Limit=LEFT, ConsistentRead=True)
        except AWS_ERRORS as error:
            raise _translated(error, "look for what is left") from error
        return [event_of_item(item) for item in answer["Items"]]


def item_of(event: Event) -> dict[str, dict[str, str]]:
    return {
        "id": {"S": str(event.id)},
        "type": {"S": event.type.value},
        "detail": {"S": json.dumps(detail(event), separators=(",", ":"))},
    }


def event_of_item(item: Item) -> Event:
    """KeyError and ValueError where it is none of ours."""
    said = {"detail-type": item["type"]["S"], "detail": json.loads(item["detail"]["S"])}
    event = event_of(said)
    if uuid.UUID(item["id"]["S"]) != event.id:
        raise ValueError("an item of the outbox lies under another event's id")
    return event


def _translated(error: Exception, doing: str) -> Exception:
    """What passes gets the domain's name; the rest stays."""
    if passes(error):
        return StorageUnavailableError(f"the outbox does not answer: could not {doing}")
    return error
