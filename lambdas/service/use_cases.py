"""What a user can do with notes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from lambdas.service.model.errors import NoteChangedError, NoteNotFoundError
from lambdas.service.model.note import Note, NoteId, UserId, draft
from lambdas.service.ports.notes import Notes


def write(given: Mapping[str, object], *, owner: UserId, now: datetime, notes: Notes) -> Note:
    wanted = draft(given)
    note = Note(
        id=NoteId(str(uuid.uuid4())),
        title=wanted.title,
        body=wanted.body,
        tags=wanted.tags,
        created_at=now,
        updated_at=now,
        version=1,
    )
    notes.add(note, owner=owner)
    return note


def show(id: NoteId, *, owner: UserId, notes: Notes) -> Note:
    """The owner's note. Somebody else's is one that is not there."""
    note = notes.get(id, owner=owner)
    if note is None:
        raise NoteNotFoundError
    return note


def rewrite(
    id: NoteId,
    given: Mapping[str, object],
    *,
    owner: UserId,
    version: int | None,
    now: datetime,
    notes: Notes,
) -> Note:
    """The whole note anew. With a `version`, only if nobody changed it since."""
    wanted = draft(given)
    changed = notes.replace(id, wanted, owner=owner, version=version, at=now)
    if changed is None:
        raise _missing_or_changed(id, owner, notes)
    return changed


def delete(id: NoteId, *, owner: UserId, version: int | None, notes: Notes) -> None:
    if not notes.remove(id, owner=owner, version=version):
        raise _missing_or_changed(id, owner, notes)


def _missing_or_changed(id: NoteId, owner: UserId, notes: Notes) -> Exception:
    return NoteNotFoundError() if notes.get(id, owner=owner) is None else NoteChangedError()
