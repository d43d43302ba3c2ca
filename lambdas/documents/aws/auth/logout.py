"""POST /api/v1/auth/logout: the session ends, its refresh token and its sockets at once.

Access tokens of it are good until they are five minutes old: API Gateway asks nobody about one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.documents.aws.adapters.accounts import CognitoAccounts
from lambdas.documents.aws.adapters.connections import DynamoConnections, DynamoSessions
from lambdas.documents.aws.adapters.sockets import GatewaySockets
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.model.account import refresh_token
from lambdas.documents.use_cases.accounts import logout
from lambdas.documents.use_cases.push import hang_up
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    user_pool_client_id: str
    connections_table: str
    sockets_url: str


settings = load(Settings)
accounts = CognitoAccounts(settings.user_pool_client_id)
connections = DynamoConnections(settings.connections_table)
sessions = DynamoSessions(settings.connections_table)
sockets = GatewaySockets(settings.sockets_url)


@endpoint
def handler(request: Request) -> Response:
    """The access token says whose session it is, the body what it is kept alive by."""
    user, session = request.user, request.session
    logout(refresh_token(request.json().get("refresh_token")), accounts=accounts)
    hang_up(
        user,
        session,
        now=datetime.now(UTC),
        connections=connections,
        sessions=sessions,
        sockets=sockets,
    )
    return Response(204)
