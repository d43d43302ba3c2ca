"""GET /api/v1/reviews: what waits for a reviewer, longest waiting first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.api.paging import decode_cursor, decode_limit, encode_cursor
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.reviews.wire import waiting_to_json
from lambdas.documents.model.document import Position
from lambdas.documents.model.review import Place
from lambdas.documents.use_cases.review import waiting
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    reviews_table: str


settings = load(Settings)
reviews = DynamoReviews(settings.reviews_table)


@endpoint
def handler(request: Request) -> Response:
    reviewer = request.reviewer
    after = decode_cursor(request.query("cursor"))
    page = waiting(
        after=Place(after.created_at, after.id) if after else None,
        limit=decode_limit(request.query("limit")),
        desk=reviews,
    )
    following = page.next and Position(page.next.requested_at, page.next.document)
    now = datetime.now(UTC)
    return Response(
        200,
        {
            "items": [waiting_to_json(each, reviewer=reviewer, now=now) for each in page.reviews],
            "next": encode_cursor(following) if following else None,
        },
    )
