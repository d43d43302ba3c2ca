"""What is remembered of the model, in one DynamoDB table: money, the circuit, answers.

Every item has a `key` that says what it is and goes by itself (`expires_at`).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.extracting.circuit import Circuit
from lambdas.documents.model.errors import StorageUnavailableError
from lambdas.documents.model.identity import DocumentId
from lambdas.documents.ports.models import ModelUnavailableError
from lambdas.shared.aws.clients import AWS_ERRORS, code_of, passes

DAY = 86_400
KEEP_MONEY = 40 * DAY
KEEP_ANSWERS = 30 * DAY
KEEP_CIRCUIT = DAY
MOST_ANSWER = 300_000
"""Bytes, packed; an item may have 400 KB."""

Clock = Callable[[], int]


class DynamoLedger:
    """Budgets in millionths of a US dollar, by document and by day (UTC)."""

    def __init__(
        self, table: str, dynamodb: Any, now: Clock, *, document_budget: int, day_budget: int
    ) -> None:
        self._table, self._dynamodb, self._now = table, dynamodb, now
        self._budgets = {"document": document_budget, "day": day_budget}

    def reserve(self, document: DocumentId, micro_dollars: int) -> bool:
        with _translated():
            day, own = self._keys(document)
            if not self._add(own, micro_dollars, within=self._budgets["document"]):
                return False
            if self._add(day, micro_dollars, within=self._budgets["day"]):
                return True
            self._add(own, -micro_dollars)
            return False

    def settle(self, document: DocumentId, *, reserved: int, spent: int) -> None:
        """Around midnight the difference may go to the new day: never more than one call's."""
        if spent == reserved:
            return
        with _translated():
            for key in self._keys(document):
                self._add(key, spent - reserved)

    def _keys(self, document: DocumentId) -> tuple[str, str]:
        day = datetime.fromtimestamp(self._now(), UTC).date().isoformat()
        return f"day#{day}", f"document#{document}"

    def _add(self, key: str, amount: int, *, within: int | None = None) -> bool:
        """Adds; with `within`, only where the sum stays in it: DynamoDB looks and adds at once."""
        values = {
            ":amount": {"N": str(amount)},
            ":until": {"N": str(self._now() + KEEP_MONEY)},
        }
        condition: dict[str, Any] = {}
        if within is not None:
            if amount > within:
                return False
            values[":room"] = {"N": str(within - amount)}
            condition = {
                "ConditionExpression": "attribute_not_exists(micro_dollars) "
                "OR micro_dollars <= :room"
            }
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"key": {"S": key}},
                UpdateExpression="ADD micro_dollars :amount SET expires_at = :until",
                ExpressionAttributeValues=values,
                **condition,
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


class DynamoBreaker:
    def __init__(self, table: str, dynamodb: Any, now: Clock, *, model: str) -> None:
        self._table, self._dynamodb, self._now = table, dynamodb, now
        self._key = {"key": {"S": f"circuit#{model}"}}

    def look(self) -> Circuit:
        with _translated():
            item = self._dynamodb.get_item(
                TableName=self._table, Key=self._key, ConsistentRead=True
            ).get("Item", {})
        return Circuit(
            failures=int(item.get("failures", {}).get("N", 0)),
            opened_at=int(item.get("opened_at", {}).get("N", 0)),
        )

    def claim_try(self, seen: Circuit, now: int) -> bool:
        """Moves the pause's start: whoever saw the old one and comes second finds another."""
        with _translated():
            try:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=self._key,
                    UpdateExpression="SET opened_at = :now",
                    ConditionExpression="opened_at = :seen",
                    ExpressionAttributeValues={
                        ":now": {"N": str(now)},
                        ":seen": {"N": str(seen.opened_at)},
                    },
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True

    def failed(self, now: int) -> None:
        with _translated():
            self._dynamodb.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression="ADD failures :one SET opened_at = :now, expires_at = :until",
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":now": {"N": str(now)},
                    ":until": {"N": str(now + KEEP_CIRCUIT)},
                },
            )

    def worked(self) -> None:
        with _translated():
            self._dynamodb.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression="SET failures = :none, opened_at = :none, expires_at = :until",
                ExpressionAttributeValues={
                    ":none": {"N": "0"},
                    ":until": {"N": str(self._now() + KEEP_CIRCUIT)},
                },
            )


class DynamoAnswers:
    """One for each upload's bytes: who asks another model, or asks otherwise, writes over it."""

    def __init__(self, table: str, dynamodb: Any, now: Clock) -> None:
        self._table, self._dynamodb, self._now = table, dynamodb, now

    def get(self, key: str) -> object | None:
        content, _, question = key.partition(".")
        with _translated():
            item = self._dynamodb.get_item(TableName=self._table, Key=_answer(content)).get("Item")
        # DynamoDB deletes what has expired within days, not at once.
        if item is None or int(item["expires_at"]["N"]) <= self._now():
            return None
        if item["question"]["S"] != question:
            return None
        data = zlib.decompressobj().decompress(bytes(item["given"]["B"]), 1 << 22)
        return json.loads(data)

    def keep(self, key: str, given: object) -> None:
        data = zlib.compress(json.dumps(given, ensure_ascii=False).encode())
        if len(data) > MOST_ANSWER:
            return
        content, _, question = key.partition(".")
        with _translated():
            self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    **_answer(content),
                    "question": {"S": question},
                    "given": {"B": data},
                    "expires_at": {"N": str(self._now() + KEEP_ANSWERS)},
                },
            )


class ForgottenAnswers:
    """The same answers, as who erases sees them."""

    def __init__(self, table: str, dynamodb: Any) -> None:
        self._table, self._dynamodb = table, dynamodb

    def forget(self, content: str) -> None:
        try:
            self._dynamodb.delete_item(TableName=self._table, Key=_answer(content))
        except AWS_ERRORS as error:
            if passes(error):
                raise StorageUnavailableError(
                    "DynamoDB does not answer: could not forget"
                ) from error
            raise


def _answer(content: str) -> dict[str, dict[str, str]]:
    return {"key": {"S": f"answer#{content}"}}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except AWS_ERRORS as error:
        raise ModelUnavailableError("the model's books do not answer") from error
