"""$disconnect: a socket is closed, and its row goes."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.adapters.connections import DynamoConnections
from lambdas.documents.aws.websocket import Caller, socket_route
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    connections_table: str


settings = load(Settings)
connections = DynamoConnections(settings.connections_table)


@socket_route
def handler(caller: Caller) -> int:
    connections.remove(caller.connection)
    caller.log.info("socket closed", user=caller.user)
    return 200
