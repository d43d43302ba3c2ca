"""What users wish to be told, in DynamoDB."""

from __future__ import annotations

from typing import Any

from lambdas.documents.aws.adapters.push_errors import push_errors
from lambdas.documents.model.identity import UserId
from lambdas.shared.aws.clients import client


class DynamoWishes:
    """`wants_mail` asks for dynamodb:GetItem, `set` for PutItem."""

    def __init__(self, table: str, dynamodb: Any = None) -> None:
        self._table = table
        self._dynamodb = dynamodb or client("dynamodb")

    def wants_mail(self, user: UserId) -> bool:
        with push_errors():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key={"user": {"S": user}}, ConsistentRead=True
            )
        return bool(answer.get("Item", {}).get("mail", {}).get("BOOL", True))

    def set(self, user: UserId, *, mail: bool) -> None:
        with push_errors():
            self._dynamodb.put_item(
                TableName=self._table, Item={"user": {"S": user}, "mail": {"BOOL": mail}}
            )
