"""PUT /api/v1/mail/wishes: whether somebody wants mail."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.adapters.wishes import DynamoWishes
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.model.errors import Fault, InvalidInputError
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    wishes_table: str


settings = load(Settings)
wishes = DynamoWishes(settings.wishes_table)


@endpoint
def handler(request: Request) -> Response:
    user = request.user
    wanted = request.json().get("mail")
    if not isinstance(wanted, bool):
        raise InvalidInputError([Fault("mail", "must be true or false")])
    wishes.set(user, mail=wanted)
    return Response(200, {"mail": wanted})
