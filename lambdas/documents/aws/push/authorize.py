"""$connect's authorizer: a ticket lets its user in, once. The ticket stands in no log of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.adapters.tickets import DynamoTickets
from lambdas.documents.aws.lock import REFUSAL, Lock
from lambdas.documents.use_cases.push import admit
from lambdas.shared.logging import Context, Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    tickets_table: str


settings = load(Settings)
tickets = DynamoTickets(settings.tickets_table)
lock = Lock()


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The policy API Gateway asks for. What fails is raised: the client is told 500, not why."""
    log = Log(context, request_id=event.get("requestContext", {}).get("requestId"))
    if not lock.holds(event):  # before the ticket, which is good once
        log.info("socket refused", code=REFUSAL.kind)
        return _policy("nobody", "Deny", event["methodArn"], {})
    words = str((event.get("queryStringParameters") or {}).get("ticket", ""))
    try:
        ticket = admit(words, now=datetime.now(UTC), tickets=tickets)
    except Exception as error:
        log.failure("ticket could not be looked for", error)
        raise
    if ticket is None:
        log.info("ticket refused")
        return _policy("nobody", "Deny", event["methodArn"], {})
    log.info("ticket taken", user=ticket.user)
    said = {"user": ticket.user, "session": ticket.session}
    return _policy(ticket.user, "Allow", event["methodArn"], said)


def _policy(who: str, effect: str, route: str, said: Mapping[str, str]) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": route}
    return {
        "principalId": who,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": dict(said),
    }
