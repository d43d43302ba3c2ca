"""POST /api/v1/documents: announce a file, get a link to send it to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lambdas.documents.aws.adapters.documents import PostgresDocuments
from lambdas.documents.aws.adapters.limits import LimitSettings, open_limits
from lambdas.documents.aws.adapters.links import open_links
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.wire import moment
from lambdas.documents.model.identity import DocumentId
from lambdas.documents.model.upload import accept
from lambdas.documents.use_cases.create import create
from lambdas.shared.aws.database import DatabaseSettings, open_database
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings(DatabaseSettings, LimitSettings):
    documents_bucket: str
    upload_limit_mib: int
    upload_minutes: int


settings = load(Settings)
limits = open_limits(settings, "write")
links = open_links(settings.documents_bucket)
documents = PostgresDocuments(open_database(settings))


@endpoint
def handler(request: Request) -> Response:
    owner = request.user
    limits.take(owner)
    body = request.json()
    upload = accept(
        body.get("name"),
        body.get("content_type"),
        body.get("size"),
        limit=settings.upload_limit_mib * 2**20,
    )
    document, link = create(
        upload,
        id=DocumentId(str(uuid.uuid4())),
        owner=owner,
        now=datetime.now(UTC),
        valid_for=timedelta(minutes=settings.upload_minutes),
        documents=documents,
        links=links,
    )
    request.log.info("document created", document=document.id, user=owner, size=document.size)
    return Response(
        201,
        {
            "id": document.id,
            "status": document.status.value,
            "upload": {
                "url": link.url,
                "method": "PUT",
                "headers": dict(link.headers),
                "expires_at": moment(link.expires_at),
            },
        },
        {"location": f"/api/v1/documents/{document.id}"},
    )
