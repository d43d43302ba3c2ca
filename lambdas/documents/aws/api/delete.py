"""DELETE /api/v1/documents/{id}: the document, all that was read in it, and its files."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.adapters.database import DatabaseSettings, open_database
from lambdas.documents.aws.adapters.documents import PostgresDocuments
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.model.errors import DocumentNotFoundError
from lambdas.documents.model.identity import as_document_id
from lambdas.documents.use_cases.delete import delete
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings):
    documents_bucket: str


settings = load(Settings)
shelves = S3Objects(settings.documents_bucket)
documents = PostgresDocuments(open_database(settings))


@endpoint
def handler(request: Request) -> Response:
    owner, document_id = request.user, as_document_id(request.parameter("id"))
    if document_id is None:
        raise DocumentNotFoundError(request.parameter("id"))
    delete(document_id, owner=owner, documents=documents, shelves=shelves)
    request.log.info("document deleted", document=document_id, user=owner)
    return Response(204)
