"""Sockets, by API Gateway's management calls (`@connections`)."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.aws.adapters.push_errors import push_errors
from lambdas.documents.model.push import ConnectionId
from lambdas.shared.aws.clients import client, code_of

GONE = "GoneException"


class GatewaySockets:
    """`send` asks for execute-api:ManageConnections on POST, `close` on DELETE."""

    def __init__(self, url: str, management: Any = None) -> None:
        """`url`: the stage's, with https."""
        self._management = management or client("apigatewaymanagementapi", endpoint_url=url)

    def send(self, connection: ConnectionId, message: str) -> bool:
        with push_errors():
            try:
                self._management.post_to_connection(ConnectionId=connection, Data=message.encode())
            except ClientError as error:
                if code_of(error) != GONE:
                    raise
                return False
        return True

    def close(self, connection: ConnectionId) -> None:
        with push_errors():
            try:
                self._management.delete_connection(ConnectionId=connection)
            except ClientError as error:
                if code_of(error) != GONE:
                    raise
