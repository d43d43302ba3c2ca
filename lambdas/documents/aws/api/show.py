"""GET /api/v1/documents/{id}: one document, with its timetable once there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.documents.aws.adapters.documents import PostgresDocuments
from lambdas.documents.aws.adapters.limits import LimitSettings, open_limits
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.wire import whole
from lambdas.documents.model.errors import DocumentNotFoundError
from lambdas.documents.model.identity import as_document_id
from lambdas.documents.use_cases.browse import show
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
    owner, document_id = request.user, as_document_id(request.parameter("id"))
    limits.take(owner)
    if document_id is None:
        raise DocumentNotFoundError(request.parameter("id"))
    document = show(document_id, owner=owner, now=datetime.now(UTC), documents=documents)
    return Response(200, whole(document))
