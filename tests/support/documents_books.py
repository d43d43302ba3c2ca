"""The books in memory, seen from both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lambdas.documents.model.document import Document, Page, Position, Status
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Outcome, Run, Settled
from tests.support.documents_examples import NOON


class Books:
    def __init__(self, *documents: Document) -> None:
        self.users = {document.owner for document in documents}
        self.documents = {document.id: document for document in documents}
        self.versions = {each.id: "v1" for each in documents if each.status is not Status.PENDING}
        self.hidden: set[DocumentId] = set()
        self.contents: dict[DocumentId, str] = {}

    def welcome(self, user: UserId) -> None:
        self.users.add(user)

    def add(self, document: Document) -> None:
        assert document.owner in self.users, "a document's owner has a row of their own"
        self.documents.setdefault(document.id, document)

    def get(self, document: DocumentId, owner: UserId) -> Document | None:
        found = self.documents.get(document)
        if document in self.hidden or found is None or found.owner != owner:
            return None
        return found

    def page(self, owner: UserId, after: Position | None, limit: int) -> Page:
        mine = [each for each in self.documents.values() if self.get(each.id, owner)]
        mine.sort(key=lambda each: (each.created_at, each.id), reverse=True)
        if after:
            place = (after.created_at, after.id)
            mine = [each for each in mine if (each.created_at, each.id) < place]
        shown = tuple(mine[:limit])
        more = len(mine) > limit
        return Page(shown, Position(shown[-1].created_at, shown[-1].id) if more else None)

    def hide(self, document: DocumentId, owner: UserId, *, at: datetime) -> None:
        if self.get(document, owner):
            self.hidden.add(document)

    def content(self, document: DocumentId, user: UserId) -> str | None:
        found = self.documents.get(document)
        return self.contents.get(document) if found and found.owner == user else None

    def erase(self, document: DocumentId, user: UserId) -> None:
        found = self.documents.get(document)
        if found and found.owner == user:
            del self.documents[document]

    def settle(self, outcome: Outcome) -> Settled | None:
        standing = self.standing(outcome.run)
        if standing is None or not standing.gives_way_to(outcome):
            return standing
        self.versions[outcome.run.document] = outcome.run.version
        self.documents[outcome.run.document] = replace(
            self.documents[outcome.run.document],
            status=outcome.status,
            reason=outcome.reason,
            route=outcome.route,
            confidence=outcome.confidence,
            timetable=outcome.timetable,
            steps=outcome.steps,
            finished_at=NOON if outcome.status.is_final else None,
        )
        return self.standing(outcome.run)

    def standing(self, run: Run) -> Settled | None:
        document = self.get(run.document, run.user)
        if document is None:
            return None
        version = self.versions.get(document.id)
        return Settled(document.status, document.confidence, version, document.created_at)
