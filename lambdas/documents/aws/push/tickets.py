"""POST /api/v1/push/tickets: a token becomes a ticket for one socket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.documents.aws.adapters.tickets import DynamoTickets
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.wire import moment
from lambdas.documents.use_cases.push import issue
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    tickets_table: str
    push_scheme: str
    """`wss`, but for a machine of one's own."""


settings = load(Settings)
tickets = DynamoTickets(settings.tickets_table)


@endpoint
def handler(request: Request) -> Response:
    user = request.user
    url = f"{settings.push_scheme}://{request.host}/ws"
    words, ticket = issue(user, request.session, now=datetime.now(UTC), tickets=tickets)
    request.log.info("ticket issued", user=user)
    return Response(
        201,
        {"ticket": words, "url": url, "expires_at": moment(ticket.expires_at)},
    )
