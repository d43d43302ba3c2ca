"""GET /api/v1/documents/{id}: one document, with its timetable once there is one."""

from __future__ import annotations

from datetime import UTC, datetime

from lambdas.documents.aws.adapters.database import DatabaseSettings, open_database
from lambdas.documents.aws.adapters.documents import PostgresDocuments
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.wire import whole
from lambdas.documents.model.errors import DocumentNotFoundError
from lambdas.documents.model.identity import as_document_id
from lambdas.documents.use_cases.browse import show
from lambdas.shared.settings import load


class Settings(DatabaseSettings):
    """Nothing but the database."""


settings = load(Settings)
documents = PostgresDocuments(open_database(settings))


@endpoint
def handler(request: Request) -> Response:
    owner, document_id = request.user, as_document_id(request.parameter("id"))
    if document_id is None:
        raise DocumentNotFoundError(request.parameter("id"))
    document = show(document_id, owner=owner, now=datetime.now(UTC), documents=documents)
    return Response(200, whole(document))
