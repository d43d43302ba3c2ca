"""Sockets of users: the tickets that open them, who holds which, and the sockets themselves.

Each may raise PushUnavailableError.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from lambdas.documents.model.identity import SessionId, UserId
from lambdas.documents.model.push import Connection, ConnectionId, Ticket


class Tickets(Protocol):
    def put(self, digest: str, ticket: Ticket) -> None: ...

    def take(self, digest: str) -> Ticket | None:
        """The ticket, which is gone with that: of two who take it one gets it."""
        ...


class Connections(Protocol):
    def put(self, connection: Connection) -> None: ...

    def remove(self, connection: ConnectionId) -> None:
        """One that is not there is removed already."""
        ...

    def of_user(self, user: UserId) -> Sequence[ConnectionId]: ...

    def of_session(self, user: UserId, session: SessionId) -> Sequence[ConnectionId]: ...


class Sessions(Protocol):
    def end(self, session: SessionId, *, until: datetime) -> None:
        """No socket is opened for it until then, when its last token is long void."""
        ...

    def ended(self, session: SessionId) -> bool: ...


class Sockets(Protocol):
    def send(self, connection: ConnectionId, message: str) -> bool:
        """False if nobody is there any more."""
        ...

    def close(self, connection: ConnectionId) -> None:
        """One that nobody holds any more is closed already."""
        ...
