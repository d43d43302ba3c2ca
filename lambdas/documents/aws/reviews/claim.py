"""POST /api/v1/reviews/{id}/claim: takes a review for a while, or keeps it for longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.reviews.wire import waiting_to_json
from lambdas.documents.model.errors import ReviewNotFoundError
from lambdas.documents.model.identity import as_document_id
from lambdas.documents.use_cases.review import claim
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    reviews_table: str
    claim_minutes: int


settings = load(Settings)
reviews = DynamoReviews(settings.reviews_table)


@endpoint
def handler(request: Request) -> Response:
    reviewer, document = request.reviewer, as_document_id(request.parameter("id"))
    if document is None:
        raise ReviewNotFoundError
    now = datetime.now(UTC)
    hold = timedelta(minutes=settings.claim_minutes)
    claimed = claim(document, reviewer=reviewer, now=now, hold=hold, desk=reviews)
    request.log.info("review claimed", document=document, user=reviewer)
    return Response(200, waiting_to_json(claimed, reviewer=reviewer, now=now))
