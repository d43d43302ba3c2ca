"""A WebSocket as API Gateway hands it over: who is at the other end, and a status for an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.documents.model.identity import SessionId, UserId
from lambdas.documents.model.push import ConnectionId
from lambdas.shared.logging import Context, Log


@dataclass(frozen=True)
class Caller:
    """Who opened or closed a socket, as the authorizer has said."""

    connection: ConnectionId
    user: UserId
    session: SessionId
    log: Log


Handler = Callable[[Mapping[str, Any], Context], dict[str, Any]]


def socket_route(call: Callable[[Caller], int]) -> Handler:
    """A handler for `$connect` or `$disconnect`: `call` answers with a status or raises."""

    def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
        asked = event["requestContext"]
        log = Log(context, request_id=asked.get("requestId"))
        authorizer = asked.get("authorizer") or {}
        try:
            caller = Caller(
                connection=ConnectionId(asked["connectionId"]),
                user=UserId(authorizer["user"]),
                session=SessionId(authorizer["session"]),
                log=log,
            )
            status = call(caller)
        except Exception as error:  # noqa: BLE001 - the edge: whatever it is, it gets an answer
            log.failure("socket failed", error, kind=asked.get("eventType"))
            status = 500
        return {"statusCode": status}

    return handler
