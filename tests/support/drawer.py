"""Notes in memory, as the service's port wants them kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lambdas.service.model.note import Draft, Note, NoteId, Page, Position, UserId
from lambdas.shared.unavailable import DatabaseUnavailableError


class Drawer:
    """`stuck` makes it answer as a database that is full or asleep."""

    def __init__(self) -> None:
        self.notes: dict[tuple[UserId, NoteId], Note] = {}
        self.stuck: BaseException | None = None

    def add(self, note: Note, *, owner: UserId) -> None:
        self._open()
        self.notes.setdefault((owner, note.id), note)

    def get(self, id: NoteId, *, owner: UserId) -> Note | None:
        self._open()
        return self.notes.get((owner, id))

    def page(
        self,
        owner: UserId,
        *,
        words: str | None,
        tag: str | None,
        after: Position | None,
        limit: int,
    ) -> Page:
        self._open()
        found = sorted(
            (
                note
                for (whose, _), note in self.notes.items()
                if whose == owner
                and (tag is None or tag in note.tags)
                and (words is None or _has(note, words))
                and (after is None or (note.created_at, note.id) < (after.created_at, after.id))
            ),
            key=lambda note: (note.created_at, note.id),
            reverse=True,
        )
        more = len(found) > limit
        return Page(found[:limit], found[limit - 1].position if more else None)

    def replace(
        self, id: NoteId, draft: Draft, *, owner: UserId, version: int | None, at: datetime
    ) -> Note | None:
        note = self.get(id, owner=owner)
        if note is None or version not in (None, note.version):
            return None
        self.notes[owner, id] = replace(
            note,
            title=draft.title,
            body=draft.body,
            tags=draft.tags,
            updated_at=at,
            version=note.version + 1,
        )
        return self.notes[owner, id]

    def remove(self, id: NoteId, *, owner: UserId, version: int | None) -> bool:
        note = self.get(id, owner=owner)
        if note is None or version not in (None, note.version):
            return False
        del self.notes[owner, id]
        return True

    def _open(self) -> None:
        if self.stuck is not None:
            raise self.stuck


def asleep() -> DatabaseUnavailableError:
    return DatabaseUnavailableError("no connection to 'db'")


def _has(note: Note, words: str) -> bool:
    text = f"{note.title} {note.body} {' '.join(note.tags)}".lower().split()
    return all(word in text for word in words.lower().split())
