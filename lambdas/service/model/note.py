"""A note, and what a person may write into one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, cast

from lambdas.service.model.errors import Fault, InvalidInputError

NoteId = NewType("NoteId", str)
"""A UUID in its usual form, lower case."""

UserId = NewType("UserId", str)
"""The `sub` of the user's token, as that cloud's directory writes it."""

MAX_TITLE = 200
MAX_TEXT = 64 * 1024
"""Bytes in UTF-8."""
MAX_TAGS, MAX_TAG = 20, 50

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_USER = re.compile(r"[\x21-\x7e]{1,255}")
_FIELDS = ("title", "body", "tags")
_LINE_BREAKS = frozenset("\n\r\t")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a person wrote, checked."""

    title: str
    body: str = ""
    tags: tuple[str, ...] = ()
    """Lower case, each once, sorted."""


@dataclass(frozen=True)
class Position:
    """A place in a user's list, newest first."""

    created_at: datetime
    id: NoteId


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A note as it stands in a list: without its text, of which a page would be megabytes."""

    id: NoteId
    title: str
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    version: int
    """1 when it is made, and one more with each change."""

    @property
    def position(self) -> Position:
        return Position(self.created_at, self.id)


@dataclass(frozen=True, kw_only=True)
class Note(Summary):
    """A whole note."""

    body: str


@dataclass(frozen=True)
class Page:
    notes: Sequence[Summary]
    next: Position | None
    """Where the next page begins; None at the end."""


def as_note_id(text: str) -> NoteId | None:
    """None for what cannot be an id: such a note is not there."""
    return NoteId(text.lower()) if _UUID.fullmatch(text.lower()) else None


def as_user_id(text: str) -> UserId | None:
    return UserId(text) if _USER.fullmatch(text) else None


def draft(given: Mapping[str, object]) -> Draft:
    """What was sent, if it keeps the rules; else InvalidInputError with all it breaks."""
    faults = [Fault(str(name)[:100], "is not a field") for name in given if name not in _FIELDS]
    title = _title(given.get("title"), faults)
    body = _body(given.get("body", ""), faults)
    tags = _tags(given.get("tags", []), faults)
    if faults:
        raise InvalidInputError(faults)
    return Draft(title=title, body=body, tags=tags)


def as_tag(text: str) -> str | None:
    """A tag as it is kept; None for what cannot be one."""
    tag = unicodedata.normalize("NFC", text).strip().lower()
    return tag if 1 <= len(tag) <= MAX_TAG and is_line(tag) else None


def is_line(text: str) -> bool:
    """Whether it can be shown in one line, and be kept by a database."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def _title(given: object, faults: list[Fault]) -> str:
    title = given.strip() if isinstance(given, str) else ""
    if not 1 <= len(title) <= MAX_TITLE or not is_line(title):
        faults.append(Fault("title", f"must be a line of text of 1 to {MAX_TITLE} characters"))
    return title


def _body(given: object, faults: list[Fault]) -> str:
    if not isinstance(given, str) or not _is_text(given):
        faults.append(Fault("body", "must be text, without control characters"))
        return ""
    if len(given.encode()) > MAX_TEXT:
        faults.append(Fault("body", f"must have at most {MAX_TEXT} bytes in UTF-8"))
    return given


def _is_text(text: str) -> bool:
    """PostgreSQL keeps no NUL, UTF-8 no half of a pair, and nobody wants the rest."""
    return all(
        character in _LINE_BREAKS or unicodedata.category(character) not in ("Cc", "Cs")
        for character in text
    )


def _tags(given: object, faults: list[Fault]) -> tuple[str, ...]:
    if not isinstance(given, list) or len(cast(list[object], given)) > MAX_TAGS:
        faults.append(Fault("tags", f"must be a list of at most {MAX_TAGS} tags"))
        return ()
    found = [as_tag(each) if isinstance(each, str) else None for each in cast(list[object], given)]
    for number, tag in enumerate(found):
        if tag is None:
            rule = f"must be a line of text of 1 to {MAX_TAG} characters"
            faults.append(Fault(f"tags[{number}]", rule))
    return tuple(sorted({tag for tag in found if tag is not None}))
