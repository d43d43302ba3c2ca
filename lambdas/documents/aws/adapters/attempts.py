"""Counters of attempts in DynamoDB: one item per counter and window, gone an hour after it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.model.attempts import WINDOW_SECONDS, Counter
from lambdas.documents.model.errors import AccountsUnavailableError
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes

KEPT_SECONDS = 3600
_CROWDED = frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded"})


class DynamoAttempts:
    """Asks for dynamodb:UpdateItem alone."""

    def __init__(self, table: str, dynamodb: Any = None) -> None:
        self._table = table
        self._dynamodb = dynamodb or client("dynamodb")

    def count(self, counter: Counter, window: int) -> bool:
        return self._add(
            counter,
            window,
            1,
            condition="attribute_not_exists(tried) OR tried < :most",
            most=counter.most,
        )

    def take_back(self, counter: Counter, window: int) -> None:
        self._add(counter, window, -1, condition="tried > :most", most=0)

    def _add(
        self, counter: Counter, window: int, amount: int, *, condition: str, most: int
    ) -> bool:
        expires = (window + 1) * WINDOW_SECONDS + KEPT_SECONDS
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"counter": {"S": f"{counter.key}#{window}"}},
                UpdateExpression="ADD tried :amount SET expires = :expires",
                ConditionExpression=condition,
                ExpressionAttributeValues={
                    ":amount": {"N": str(amount)},
                    ":expires": {"N": str(expires)},
                    ":most": {"N": str(most)},
                },
            )
        except AWS_ERRORS as error:
            code = code_of(error) if isinstance(error, ClientError) else ""
            if code == "ConditionalCheckFailedException":
                return False
            if passes(error) or code in _CROWDED:
                raise AccountsUnavailableError("the counters do not answer") from error
            raise
        return True
