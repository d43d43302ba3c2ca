"""Tickets, connections, sessions and sockets in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lambdas.documents.model.identity import SessionId, UserId
from lambdas.documents.model.push import Connection, ConnectionId, Ticket


class Switchboard:
    """All four ports in one; `held` is who is at the other end, and `heard` what they heard."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.connections: dict[ConnectionId, Connection] = {}
        self.over: dict[SessionId, datetime] = {}
        self.heard: dict[ConnectionId, list[str]] = {}
        self.closed: list[ConnectionId] = []

    @property
    def tickets_port(self) -> TicketsInMemory:
        return TicketsInMemory(self)

    def put(self, connection: Connection) -> None:
        self.connections[connection.id] = connection
        self.heard.setdefault(connection.id, [])

    def remove(self, connection: ConnectionId) -> None:
        self.connections.pop(connection, None)

    def of_user(self, user: UserId) -> Sequence[ConnectionId]:
        return [each.id for each in self.connections.values() if each.user == user]

    def of_session(self, user: UserId, session: SessionId) -> Sequence[ConnectionId]:
        return [
            each.id
            for each in self.connections.values()
            if (each.user, each.session) == (user, session)
        ]

    def end(self, session: SessionId, *, until: datetime) -> None:
        self.over[session] = until

    def ended(self, session: SessionId) -> bool:
        return session in self.over

    def vanish(self, connection: ConnectionId) -> None:
        """The client is gone, and nobody was told."""
        del self.heard[connection]

    def send(self, connection: ConnectionId, message: str) -> bool:
        if connection not in self.heard:
            return False
        self.heard[connection].append(message)
        return True

    def close(self, connection: ConnectionId) -> None:
        self.closed.append(connection)
        self.heard.pop(connection, None)


class TicketsInMemory:
    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def put(self, digest: str, ticket: Ticket) -> None:
        self._board.tickets[digest] = ticket

    def take(self, digest: str) -> Ticket | None:
        return self._board.tickets.pop(digest, None)
