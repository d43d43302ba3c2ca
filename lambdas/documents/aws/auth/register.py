"""POST /api/v1/auth/register: a new account, confirmed by e-mail or (a setting) at once."""

from __future__ import annotations

import time
from dataclasses import dataclass

from lambdas.documents.aws.adapters.accounts import CognitoAccounts
from lambdas.documents.aws.adapters.attempts import DynamoAttempts
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.model.account import new_credentials
from lambdas.documents.use_cases.accounts import register
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    user_pool_id: str
    user_pool_client_id: str
    confirm_at_once: bool
    attempts_table: str


settings = load(Settings)
accounts = CognitoAccounts(
    settings.user_pool_client_id,
    confirm_in=settings.user_pool_id if settings.confirm_at_once else None,
)
attempts = DynamoAttempts(settings.attempts_table)


@endpoint
def handler(request: Request) -> Response:
    body = request.json()
    registration = register(
        new_credentials(body.get("email"), body.get("password")),
        at_once=settings.confirm_at_once,
        address=request.address,
        now=time.time(),
        accounts=accounts,
        attempts=attempts,
    )
    return Response(201, {"user": registration.user, "confirmed": registration.confirmed})
