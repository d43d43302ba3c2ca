"""Telling a user what happened to their document: on every socket they hold, and by mail.

Each way is told once for each event, however often the event comes: twice, five times, or again
from the archive. Should a function die between telling and writing so down, it is told again.
"""

from __future__ import annotations

from collections.abc import Callable

from lambdas.documents.model.event import Event
from lambdas.documents.model.letter import letter
from lambdas.documents.ports.deliveries import Deliveries
from lambdas.documents.ports.mail import Addresses, Post, Wishes
from lambdas.documents.ports.push import Connections, Sockets
from lambdas.documents.use_cases.push import broadcast


def push(
    event: Event,
    message: str,
    *,
    deliveries: Deliveries,
    connections: Connections,
    sockets: Sockets,
) -> int | None:
    """How many sockets heard it; None if it was told already. With nobody there it is told, too:
    who comes later asks for the document."""
    return _once(
        event,
        lambda: broadcast(event.user, message, connections=connections, sockets=sockets),
        deliveries,
    )


def mail(
    event: Event, *, deliveries: Deliveries, addresses: Addresses, wishes: Wishes, post: Post
) -> int | None:
    """How many letters were sent; None if it was told already."""

    def send() -> int:
        written = letter(event)
        if written is None or not wishes.wants_mail(event.user):
            return 0
        to = addresses.of(event.user)
        if to is None:
            return 0
        post.send(to, written)
        return 1

    return _once(event, send, deliveries)


def _once(event: Event, tell: Callable[[], int], deliveries: Deliveries) -> int | None:
    if not deliveries.begin(event.id):
        return None
    try:
        told = tell()
    except Exception:
        deliveries.give_back(event.id)
        raise
    deliveries.done(event.id)
    return told
