"""Delete a document: say so, and hide it. What is left of it goes afterwards (`erase`)."""

from __future__ import annotations

from datetime import datetime

from lambdas.documents.model.errors import DocumentNotFoundError
from lambdas.documents.model.event import ALL_VERSIONS, EventType, about
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.keys import month_of
from lambdas.documents.ports.books import Documents
from lambdas.documents.ports.outbox import Outbox


def delete(
    document_id: DocumentId,
    *,
    owner: UserId,
    now: datetime,
    documents: Documents,
    outbox: Outbox,
) -> None:
    """Said first: if this stops half way, the document is erased all the same, and what was not
    hidden can be deleted again."""
    documents.welcome(owner)
    document = documents.get(document_id, owner)
    if document is None:
        raise DocumentNotFoundError(document_id)
    outbox.put(
        about(
            document_id,
            owner,
            ALL_VERSIONS,
            EventType.DOCUMENT_DELETED,
            at=now,
            month=month_of(document.created_at),
        )
    )
    documents.hide(document_id, owner, at=now)
