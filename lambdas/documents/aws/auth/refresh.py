"""POST /api/v1/auth/refresh: a refresh token becomes new tokens, and is good no more."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.adapters.accounts import CognitoAccounts
from lambdas.documents.aws.auth.answers import tokens_to_json
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.model.account import refresh_token
from lambdas.documents.use_cases.accounts import refresh
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    user_pool_client_id: str


settings = load(Settings)
accounts = CognitoAccounts(settings.user_pool_client_id)


@endpoint
def handler(request: Request) -> Response:
    token = refresh_token(request.json().get("refresh_token"))
    return Response(200, tokens_to_json(refresh(token, accounts=accounts)))
