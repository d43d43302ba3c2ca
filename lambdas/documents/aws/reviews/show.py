"""GET /api/v1/reviews/{id}: one review, with links to the scan that are good for minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lambdas.documents.aws.adapters.links import open_links
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.adapters.straight_pages import StraightPages
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.reviews.wire import review_to_json
from lambdas.documents.model.errors import ReviewNotFoundError
from lambdas.documents.model.identity import as_document_id
from lambdas.documents.model.keys import content_type_of
from lambdas.documents.model.review import ReviewStatus
from lambdas.documents.ports.uploads import ViewLink
from lambdas.documents.use_cases.review import look, scan_key
from lambdas.shared.settings import load

LINK_GOOD_FOR = timedelta(minutes=5)
"""Long enough to open it; who wants to look again asks again."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    reviews_table: str
    documents_bucket: str


settings = load(Settings)
reviews = DynamoReviews(settings.reviews_table)
links = open_links(settings.documents_bucket)
straightened = StraightPages(S3Objects(settings.documents_bucket))


@endpoint
def handler(request: Request) -> Response:
    reviewer, document = request.reviewer, as_document_id(request.parameter("id"))
    if document is None:
        raise ReviewNotFoundError
    review = look(document, desk=reviews)
    now = datetime.now(UTC)
    # Those go with the run: of a review that ended only the original is left.
    keys = straightened.of(review.run) if review.status is ReviewStatus.OPEN else {}
    request.log.info("review shown", document=document, user=reviewer)
    shown = review_to_json(
        review,
        scan=_link(scan_key(review), now),
        pages={number: _link(key, now) for number, key in keys.items()},
        reviewer=reviewer,
        now=now,
    )
    return Response(200, shown)


def _link(key: str, now: datetime) -> ViewLink:
    return links.view(key, content_type=content_type_of(key), until=now + LINK_GOOD_FOR)
