"""POST /api/v1/auth/login: e-mail and password become tokens."""

from __future__ import annotations

import time
from dataclasses import dataclass

from lambdas.documents.aws.adapters.accounts import CognitoAccounts
from lambdas.documents.aws.adapters.attempts import DynamoAttempts
from lambdas.documents.aws.auth.answers import tokens_to_json
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.model.account import credentials
from lambdas.documents.use_cases.accounts import login
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    user_pool_client_id: str
    attempts_table: str


settings = load(Settings)
accounts = CognitoAccounts(settings.user_pool_client_id)
attempts = DynamoAttempts(settings.attempts_table)


@endpoint
def handler(request: Request) -> Response:
    body = request.json()
    tokens = login(
        credentials(body.get("email"), body.get("password")),
        address=request.address,
        now=time.time(),
        accounts=accounts,
        attempts=attempts,
    )
    return Response(200, tokens_to_json(tokens))
