"""$connect: the authorizer let somebody in, and the socket is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.documents.aws.adapters.connections import DynamoConnections, DynamoSessions
from lambdas.documents.aws.websocket import Caller, socket_route
from lambdas.documents.use_cases.push import connect
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    connections_table: str


settings = load(Settings)
connections = DynamoConnections(settings.connections_table)
sessions = DynamoSessions(settings.connections_table)


@socket_route
def handler(caller: Caller) -> int:
    opened = connect(
        caller.connection,
        caller.user,
        caller.session,
        now=datetime.now(UTC),
        connections=connections,
        sessions=sessions,
    )
    caller.log.info("socket opened" if opened else "socket refused", user=caller.user)
    return 200 if opened else 403
