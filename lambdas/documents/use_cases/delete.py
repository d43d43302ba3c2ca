"""Delete a document: its files, then its rows."""

from __future__ import annotations

from lambdas.documents.model.errors import DocumentNotFoundError
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.keys import upload_key, work_prefix
from lambdas.documents.ports.books import Documents
from lambdas.documents.ports.objects import Shelves


def delete(
    document_id: DocumentId, *, owner: UserId, documents: Documents, shelves: Shelves
) -> None:
    """Files first: if this stops half way, the document is still there to be deleted again.

    A run still under way writes at most its own work files after this; it finds the document gone
    when it settles, and removes them (`use_cases/save.py`).
    """
    documents.welcome(owner)
    document = documents.get(document_id, owner)
    if document is None:
        raise DocumentNotFoundError(document_id)
    shelves.delete(upload_key(owner, document_id, document.content_type))
    shelves.clear(work_prefix(document_id))
    documents.remove(document_id, owner)
