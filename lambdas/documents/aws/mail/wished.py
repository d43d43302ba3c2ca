"""GET /api/v1/mail/wishes: whether somebody gets mail."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.adapters.wishes import DynamoWishes
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    wishes_table: str


settings = load(Settings)
wishes = DynamoWishes(settings.wishes_table)


@endpoint
def handler(request: Request) -> Response:
    return Response(200, {"mail": wishes.wants_mail(request.user)})
