"""POST /api/v1/auth/login: e-mail and password become tokens."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.adapters.accounts import CognitoAccounts
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.model.account import credentials
from lambdas.documents.use_cases.accounts import login
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    user_pool_client_id: str


settings = load(Settings)
accounts = CognitoAccounts(settings.user_pool_client_id)


@endpoint
def handler(request: Request) -> Response:
    body = request.json()
    tokens = login(credentials(body.get("email"), body.get("password")), accounts=accounts)
    return Response(
        200,
        {
            "access_token": tokens.access_token,
            "id_token": tokens.id_token,
            "refresh_token": tokens.refresh_token,
            "expires_in": tokens.expires_in,
            "token_type": "Bearer",
        },
    )
