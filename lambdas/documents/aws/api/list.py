"""GET /api/v1/documents: the user's documents, newest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.documents.aws.adapters.documents import PostgresDocuments
from lambdas.documents.aws.adapters.limits import LimitSettings, open_limits
from lambdas.documents.aws.api.paging import decode_cursor, decode_limit, encode_cursor
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.wire import summary
from lambdas.documents.use_cases.browse import browse
from lambdas.shared.aws.database import DatabaseSettings, open_database
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings, LimitSettings):
    """Nothing but the database and how often each user may ask."""


settings = load(Settings)
limits = open_limits(settings, "read")
documents = PostgresDocuments(open_database(settings))


@endpoint
def handler(request: Request) -> Response:
    owner = request.user
    limits.take(owner)
    page = browse(
        owner,
        after=decode_cursor(request.query("cursor")),
        limit=decode_limit(request.query("limit")),
        now=datetime.now(UTC),
        documents=documents,
    )
    return Response(
        200,
        {
            "items": [summary(document) for document in page.documents],
            "next": encode_cursor(page.next) if page.next else None,
        },
    )
