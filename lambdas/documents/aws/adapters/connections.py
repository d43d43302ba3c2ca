"""Connections in DynamoDB, found by their user; and which sessions have ended, beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lambdas.documents.aws.adapters.push_errors import push_errors
from lambdas.documents.model.identity import SessionId, UserId
from lambdas.documents.model.push import Connection, ConnectionId
from lambdas.shared.aws.clients import client

INDEX = "by-user-session"
"""systems/documents/aws/push.py makes it; a test holds the two together."""


class DynamoConnections:
    """`put` asks for dynamodb:PutItem, `remove` for DeleteItem, finding for Query on the index."""

    def __init__(self, table: str, dynamodb: Any = None) -> None:
        self._table = table
        self._dynamodb = dynamodb or client("dynamodb")

    def put(self, connection: Connection) -> None:
        item = {
            "connection": {"S": connection.id},
            "user": {"S": connection.user},
            "session": {"S": connection.session},
            "expires_at": {"N": str(int(connection.expires_at.timestamp()))},
        }
        with push_errors():
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def remove(self, connection: ConnectionId) -> None:
        with push_errors():
            self._dynamodb.delete_item(TableName=self._table, Key={"connection": {"S": connection}})

    def of_user(self, user: UserId) -> Sequence[ConnectionId]:
        return self._find("#user = :user", {":user": {"S": user}}, {"#user": "user"})

    def of_session(self, user: UserId, session: SessionId) -> Sequence[ConnectionId]:
        return self._find(
            "#user = :user AND #session = :session",
            {":user": {"S": user}, ":session": {"S": session}},
            {"#user": "user", "#session": "session"},  # both are reserved words
        )

    def _find(
        self, condition: str, values: dict[str, Any], names: dict[str, str]
    ) -> Sequence[ConnectionId]:
        # One page has room for thousands; a user has at most MOST_SOCKETS.
        with push_errors():
            answer = self._dynamodb.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
        return [ConnectionId(item["connection"]["S"]) for item in answer["Items"]]


class DynamoSessions:
    """Sessions that have ended, in the connections' table: `end` asks for PutItem, `ended` for
    GetItem."""

    def __init__(self, table: str, dynamodb: Any = None) -> None:
        self._table = table
        self._dynamodb = dynamodb or client("dynamodb")

    def end(self, session: SessionId, *, until: datetime) -> None:
        # Without a user it is in no index, and no socket.
        item = {**_key(session), "expires_at": {"N": str(int(until.timestamp()))}}
        with push_errors():
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def ended(self, session: SessionId) -> bool:
        with push_errors():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=_key(session), ConsistentRead=True
            )
        return "Item" in answer


def _key(session: SessionId) -> dict[str, Any]:
    return {"connection": {"S": f"ended {session}"}}
