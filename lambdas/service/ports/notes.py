"""Where notes are kept. Whatever is asked, only the owner's own are there."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from lambdas.service.model.note import Draft, Note, NoteId, Page, Position, UserId


class Notes(Protocol):
    """All may raise DatabaseUnavailableError. Each call may be repeated: ids are made before."""

    def add(self, note: Note, *, owner: UserId) -> None: ...

    def get(self, id: NoteId, *, owner: UserId) -> Note | None: ...

    def page(
        self,
        owner: UserId,
        *,
        words: str | None,
        tag: str | None,
        after: Position | None,
        limit: int,
    ) -> Page:
        """Newest first. `words` must all be in a note's title, text or tags."""
        ...

    def replace(
        self, id: NoteId, draft: Draft, *, owner: UserId, version: int | None, at: datetime
    ) -> Note | None:
        """The note as it is then. None if it is not there, or not of this version."""
        ...

    def remove(self, id: NoteId, *, owner: UserId, version: int | None) -> bool:
        """Whether it was there, and of this version."""
        ...
