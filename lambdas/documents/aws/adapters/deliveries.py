"""What was told already, in DynamoDB, longer than the bus's archive can tell it again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from botocore.exceptions import ClientError

from lambdas.documents.aws.adapters.push_errors import push_errors
from lambdas.documents.model.errors import BusyError
from lambdas.shared.aws.clients import client, code_of

KEPT_SECONDS = 400 * 86_400
"""Longer than any archive of a stack keeps an event; a test holds the two together."""
LEASE_SECONDS = 60
"""After which who began is surely gone: twice what a function of ours may take."""


class DynamoDeliveries:
    """Asks for dynamodb:PutItem and DeleteItem."""

    def __init__(
        self, table: str, way: str, dynamodb: Any = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._table = table
        self._way = way
        self._dynamodb = dynamodb or client("dynamodb")
        self._clock = clock

    def begin(self, event: UUID) -> bool:
        now = int(self._clock())
        try:
            self._put(
                event,
                {"leased_until": {"N": str(now + LEASE_SECONDS)}},
                ConditionExpression="attribute_not_exists(delivery) OR leased_until < :now",
                ExpressionAttributeValues={":now": {"N": str(now)}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            # One that is done has no lease.
            if "leased_until" in error.response.get("Item", {}):
                raise BusyError(f"{self._way} of {event}") from None
            return False
        return True

    def done(self, event: UUID) -> None:
        self._put(event, {})

    def give_back(self, event: UUID) -> None:
        with push_errors():
            self._dynamodb.delete_item(TableName=self._table, Key=self._key(event))

    def _put(self, event: UUID, more: dict[str, Any], **condition: Any) -> None:
        gone = str(int(self._clock()) + KEPT_SECONDS)
        with push_errors():
            self._dynamodb.put_item(
                TableName=self._table,
                Item={**self._key(event), "expires_at": {"N": gone}, **more},
                **condition,
            )

    def _key(self, event: UUID) -> dict[str, Any]:
        return {"delivery": {"S": f"{self._way} {event}"}}
