"""Tickets in DynamoDB: keyed by their digest, gone when taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.adapters.push_errors import push_errors
from lambdas.documents.model.identity import SessionId, UserId
from lambdas.documents.model.push import Ticket
from lambdas.shared.aws.clients import client


class DynamoTickets:
    """`put` asks for dynamodb:PutItem, `take` for dynamodb:DeleteItem."""

    def __init__(self, table: str, dynamodb: Any = None) -> None:
        self._table = table
        self._dynamodb = dynamodb or client("dynamodb")

    def put(self, digest: str, ticket: Ticket) -> None:
        with push_errors():
            self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "ticket": {"S": digest},
                    "user": {"S": ticket.user},
                    "session": {"S": ticket.session},
                    "expires_at": {"N": str(int(ticket.expires_at.timestamp()))},
                },
            )

    def take(self, digest: str) -> Ticket | None:
        """Deleting answers with what was deleted, to one of two who do it at once."""
        with push_errors():
            answer = self._dynamodb.delete_item(
                TableName=self._table, Key={"ticket": {"S": digest}}, ReturnValues="ALL_OLD"
            )
        item = answer.get("Attributes")
        if not item:
            return None
        return Ticket(
            user=UserId(item["user"]["S"]),
            session=SessionId(item["session"]["S"]),
            expires_at=datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC),
        )
