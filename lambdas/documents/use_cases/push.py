"""Opening, using and ending a user's sockets."""

from __future__ import annotations

import secrets
from datetime import datetime

from lambdas.documents.model.identity import SessionId, UserId
from lambdas.documents.model.push import (
    CONNECTION_LIVES,
    MOST_SOCKETS,
    TICKET_LIVES,
    Connection,
    ConnectionId,
    Ticket,
    digest,
)
from lambdas.documents.ports.push import Connections, Sessions, Sockets, Tickets


def issue(
    user: UserId, session: SessionId, *, now: datetime, tickets: Tickets
) -> tuple[str, Ticket]:
    """The words of the ticket, which nobody keeps, and what it stands for."""
    words = secrets.token_urlsafe(32)
    ticket = Ticket(user=user, session=session, expires_at=now + TICKET_LIVES)
    key = digest(words)
    assert key is not None, "the pattern of a ticket is not that of what is drawn"
    tickets.put(key, ticket)
    return words, ticket


def admit(words: str, *, now: datetime, tickets: Tickets) -> Ticket | None:
    """Whom this ticket lets in. It is used up, whether it is still good or not."""
    key = digest(words)
    ticket = tickets.take(key) if key else None
    return ticket if ticket and now < ticket.expires_at else None


def connect(
    connection: ConnectionId,
    user: UserId,
    session: SessionId,
    *,
    now: datetime,
    connections: Connections,
    sessions: Sessions,
) -> bool:
    """Whether the socket may open. Its row comes first, and then the look for a logout.

    A logout says so first, and then looks for rows: whichever comes second sees the other.
    """
    if len(connections.of_user(user)) >= MOST_SOCKETS:
        return False
    connections.put(Connection(connection, user, session, now + CONNECTION_LIVES))
    if sessions.ended(session):
        connections.remove(connection)
        return False
    return True


def broadcast(user: UserId, message: str, *, connections: Connections, sockets: Sockets) -> int:
    """Sends to every socket of the user; how many there were. Those that are gone are removed."""
    reached = 0
    for connection in connections.of_user(user):
        if sockets.send(connection, message):
            reached += 1
        else:
            connections.remove(connection)
    return reached


def hang_up(
    user: UserId,
    session: SessionId,
    *,
    now: datetime,
    connections: Connections,
    sessions: Sessions,
    sockets: Sockets,
) -> int:
    """Ends the sockets of a session, and any that would still open; how many there were."""
    sessions.end(session, until=now + CONNECTION_LIVES)
    held = connections.of_session(user, session)
    for connection in held:
        # Without its row it hears nothing more, even where closing it fails.
        connections.remove(connection)
        sockets.close(connection)
    return len(held)
