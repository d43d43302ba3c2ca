"""Announce an upload: a row in the books and a link to send the file to."""

from __future__ import annotations

from datetime import datetime, timedelta

from lambdas.documents.model.document import Document
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.keys import upload_key
from lambdas.documents.model.upload import Upload
from lambdas.documents.ports.books import Documents
from lambdas.documents.ports.uploads import UploadLink, UploadLinks


def create(
    upload: Upload,
    *,
    id: DocumentId,
    owner: UserId,
    now: datetime,
    valid_for: timedelta,
    documents: Documents,
    links: UploadLinks,
) -> tuple[Document, UploadLink]:
    """The link is signed first: a document without one would never come to anything."""
    link = links.sign(
        upload_key(owner, id, upload.content_type),
        content_type=upload.content_type,
        size=upload.size,
        until=now + valid_for,
    )
    document = Document(
        id=id,
        owner=owner,
        name=upload.name,
        content_type=upload.content_type,
        size=upload.size,
        created_at=now,
        upload_until=link.expires_at,
    )
    documents.welcome(owner)
    documents.add(document)
    return document, link
