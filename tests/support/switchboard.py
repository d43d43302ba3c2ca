"""Sockets of one user in memory: connections, sessions and the lines themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lambdas.documents.model.identity import SessionId, UserId
from lambdas.documents.model.push import ConnectionId


class Switchboard:
    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        """Session by connection."""
        self.over: set[str] = set()

    def end(self, session: SessionId, *, until: datetime) -> None:
        self.over.add(session)

    def of_session(self, user: UserId, session: SessionId) -> Sequence[ConnectionId]:
        return [ConnectionId(each) for each, whose in self.lines.items() if whose == session]

    def remove(self, connection: ConnectionId) -> None:
        pass

    def close(self, connection: ConnectionId) -> None:
        self.lines.pop(connection, None)
