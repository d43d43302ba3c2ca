"""Push: who holds a socket, and the ticket that opened it.

A browser cannot set headers on a WebSocket, and a token must not stand in a URL. So a ticket does:
good once, for a minute, and kept as a digest only.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from lambdas.documents.model.identity import SessionId, UserId

TICKET_LIVES = timedelta(seconds=60)
CONNECTION_LIVES = timedelta(hours=24)
"""After which a row goes that nobody took away; API Gateway itself ends a connection after two."""
MOST_SOCKETS = 100
"""Of one user at once. More are nobody's open pages, and each costs a call for every message."""
LARGEST_MESSAGE = 1024
"""Bytes a client may send at once: it has next to nothing to say."""

_TICKET = re.compile(r"[A-Za-z0-9_-]{43}")
"""32 random bytes in base64."""

ConnectionId = NewType("ConnectionId", str)
"""What the gateway calls a socket."""


@dataclass(frozen=True)
class Ticket:
    user: UserId
    session: SessionId
    expires_at: datetime


@dataclass(frozen=True)
class Connection:
    id: ConnectionId
    user: UserId
    session: SessionId
    expires_at: datetime


def digest(ticket: str) -> str | None:
    """What is kept of a ticket; None for what cannot be one, which is then not looked for."""
    return hashlib.sha256(ticket.encode()).hexdigest() if _TICKET.fullmatch(ticket) else None
