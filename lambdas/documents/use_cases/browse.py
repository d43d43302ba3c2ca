"""What a user sees: a page of their documents, or one of them with its timetable."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lambdas.documents.model.document import Document, Page, Position
from lambdas.documents.model.errors import DocumentNotFoundError
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.ports.books import Documents


def browse(
    owner: UserId, *, after: Position | None, limit: int, now: datetime, documents: Documents
) -> Page:
    documents.welcome(owner)
    page = documents.page(owner, after, limit)
    return replace(page, documents=tuple(each.seen_at(now) for each in page.documents))


def show(
    document_id: DocumentId, *, owner: UserId, now: datetime, documents: Documents
) -> Document:
    """The owner's document. Somebody else's is one that is not there."""
    documents.welcome(owner)
    document = documents.get(document_id, owner)
    if document is None:
        raise DocumentNotFoundError(document_id)
    return document.seen_at(now)
