"""The books as who erases sees them, in PostgreSQL. Role `documents_eraser`."""

from __future__ import annotations

from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.shared.postgres import Database

_CONTENT = "select content from documents where id = %(document)s and owner_id = %(user)s"
_ERASE = "delete from documents where id = %(document)s and owner_id = %(user)s"


class PostgresErasure:
    def __init__(self, database: Database) -> None:
        self._database = database

    def content(self, document: DocumentId, user: UserId) -> str | None:
        row = {"document": document, "user": user}
        found = self._database.run(lambda connection: connection.execute(_CONTENT, row).fetchone())
        return found[0] if found else None

    def erase(self, document: DocumentId, user: UserId) -> None:
        """What was read in it goes by the foreign keys' own cascade."""
        row = {"document": document, "user": user}
        self._database.run(lambda connection: connection.execute(_ERASE, row))
