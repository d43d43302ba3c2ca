"""Push: sockets, the tickets that open them, and what is told on them. Its functions and wiring.

All outside: API Gateway, DynamoDB. Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pilaster.aws import Consumer, ConsumerArgs, Table, TableArgs, TableIndex, WebSocket
from pilaster.aws.function import FunctionArgs
from pilaster.aws.iam import Grant
from pilaster.aws.push import WebSocketArgs
from pulumi import Input, Output

from systems.documents.aws.functions import Base, at_the_edge, function

SOURCE = "pilaster.documents"
TOLD = ("job.completed", "job.failed", "hitl.requested", "hitl.completed")
"""What a user is told on their sockets."""
TELL_SECONDS = 30
"""Of the functions that tell: half of what a delivery is leased for."""


@dataclass(frozen=True, kw_only=True)
class Push:
    """What others need of it."""

    routes: Mapping[str, FunctionArgs]
    """Routes of the API."""
    url: Output[str]
    """Where clients connect."""
    api_id: Output[str]
    """The sockets' API."""
    hang_up_environment: Mapping[str, Input[str]]
    """What a function that ends a session's sockets reads."""
    hang_up_grants: Sequence[Grant]
    """What it may do."""
    deliveries: Table
    """What was told already."""
    dead_letter_url: Output[str]
    """Where events lie that could not be told."""


def push_part(base: Base, name: str, *, bus_name: Input[str]) -> Push:
    """Declares it."""
    place = base.place
    tickets = _brief(base, f"{name}-tickets", "ticket")
    connections = _brief(
        base,
        f"{name}-connections",
        "connection",
        indexes=[TableIndex(partition_key="user", sort_key="session", whole_items=False)],
    )
    deliveries = _brief(base, f"{name}-deliveries", "delivery")
    sockets = WebSocket(
        f"{name}-push",
        WebSocketArgs(
            place=place,
            authorizer=authorize(base, tickets=tickets.name, grants=[tickets.delete_items()]),
            connect=connect(
                base,
                connections=connections.name,
                grants=[
                    connections.query_indexes(),
                    connections.put_items(),
                    connections.get_items(),
                    connections.delete_items(),
                ],
            ),
            disconnect=disconnect(
                base, connections=connections.name, grants=[connections.delete_items()]
            ),
            message=message(base),
        ),
    )
    told = Consumer(
        f"{name}-tell",
        ConsumerArgs(
            place=place,
            source=SOURCE,
            types=TOLD,
            bus_name=bus_name,
            function=broadcast(
                base,
                connections=connections.name,
                deliveries=deliveries.name,
                sockets_url=sockets.management_url,
                grants=[
                    connections.query_indexes(),
                    connections.delete_items(),
                    deliveries.put_items(),
                    deliveries.delete_items(),
                    sockets.send(),
                ],
            ),
        ),
    )
    return Push(
        routes={
            "POST /api/v1/push/tickets": issue(
                base,
                tickets=tickets.name,
                grants=[tickets.put_items()],
            )
        },
        url=sockets.url,
        api_id=sockets.api_id,
        hang_up_environment={
            "CONNECTIONS_TABLE": connections.name,
            "SOCKETS_URL": sockets.management_url,
        },
        hang_up_grants=[
            connections.query_indexes(),
            connections.put_items(),
            connections.delete_items(),
            sockets.close(),
        ],
        deliveries=deliveries,
        dead_letter_url=told.dead_letter_url,
    )


def issue(base: Base, *, tickets: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """POST /api/v1/push/tickets. Grants: put tickets. The address a socket opens at is the one the
    client asked at, and this machine's edge speaks no TLS."""
    scheme = "ws" if base.place.target.machine else "wss"
    environment: dict[str, Input[str]] = {"TICKETS_TABLE": tickets, "PUSH_SCHEME": scheme}
    return _small(base, "push.tickets", environment, grants, make=at_the_edge)


def authorize(base: Base, *, tickets: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """The authorizer. Grants: delete tickets, which answers with what was deleted."""
    return _small(base, "push.authorize", {"TICKETS_TABLE": tickets}, grants, make=at_the_edge)


def connect(base: Base, *, connections: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """$connect. Grants: count, put, delete connections; get ended sessions."""
    return _small(base, "push.connect", {"CONNECTIONS_TABLE": connections}, grants)


def disconnect(base: Base, *, connections: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """$disconnect. Grants: delete connections."""
    return _small(base, "push.disconnect", {"CONNECTIONS_TABLE": connections}, grants)


def message(base: Base) -> FunctionArgs:
    """$default: on the standard library alone, and may do nothing."""
    return function(base, "push.message", memory_mib=128, timeout_seconds=3)


def broadcast(
    base: Base,
    *,
    connections: Input[str],
    deliveries: Input[str],
    sockets_url: Input[str],
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Events told. Grants: find and delete connections, put and delete deliveries, send."""
    return function(
        base,
        "push.broadcast",
        dependencies="edge",
        environment={
            "CONNECTIONS_TABLE": connections,
            "DELIVERIES_TABLE": deliveries,
            "SOCKETS_URL": sockets_url,
        },
        grants=grants,
        memory_mib=512,
        timeout_seconds=TELL_SECONDS,
    )


def _brief(base: Base, name: str, key: str, indexes: Sequence[TableIndex] = ()) -> Table:
    """What lives for a minute, a day or as long as an archive and can be made anew: nothing to
    protect and nothing to restore."""
    return Table(
        name,
        TableArgs(
            place=base.place,
            partition_key=key,
            indexes=indexes,
            expires_at="expires_at",
            recoverable=False,
            protect=False,
        ),
    )


def _small(
    base: Base,
    entry: str,
    environment: dict[str, Input[str]],
    grants: Sequence[Grant],
    make: Callable[..., FunctionArgs] = function,
) -> FunctionArgs:
    return make(
        base,
        entry,
        dependencies="edge",
        environment=environment,
        grants=grants,
        memory_mib=512,
        timeout_seconds=10,
    )
