"""DELETE /api/v1/documents/{id}: gone for its owner at once; what is left of it is erased after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.documents.aws.adapters.documents import PostgresDocuments
from lambdas.documents.aws.adapters.limits import LimitSettings, open_limits
from lambdas.documents.aws.adapters.outbox import DynamoOutbox
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.model.errors import DocumentNotFoundError
from lambdas.documents.model.identity import as_document_id
from lambdas.documents.use_cases.delete import delete
from lambdas.shared.aws.database import DatabaseSettings, open_database
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings, LimitSettings):
    outbox_table: str


settings = load(Settings)
limits = open_limits(settings, "write")
outbox = DynamoOutbox(settings.outbox_table)
documents = PostgresDocuments(open_database(settings))


@endpoint
def handler(request: Request) -> Response:
    owner, document_id = request.user, as_document_id(request.parameter("id"))
    limits.take(owner)
    if document_id is None:
        raise DocumentNotFoundError(request.parameter("id"))
    delete(document_id, owner=owner, now=datetime.now(UTC), documents=documents, outbox=outbox)
    request.log.info("document deleted", document=document_id, user=owner)
    return Response(202)
