"""Between bytes and the domain: bodies, query strings, cursors, entity tags."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from lambdas.service.http import Request
from lambdas.service.model.errors import Fault, InvalidQueryError
from lambdas.service.model.note import Note, Page, Position, Summary, as_note_id, as_tag, is_line
from lambdas.shared.json_body import object_in

MAX_BODY = 512 * 1024
"""Bytes of a request. A note's text has 64 KiB, and JSON may write a byte of it as six."""
MAX_QUERY = 4096
MAX_WORDS = 200
DEFAULT_LIMIT, MAX_LIMIT = 20, 100

_ASKED = ("q", "tag", "limit", "cursor")
_ETAG = re.compile(r'"([1-9][0-9]{0,8})"')


class Question:
    """What a list is asked for; everything unknown or said twice is refused."""

    def __init__(self, query: str) -> None:
        given = _pairs(query)
        faults: list[Fault] = []
        self.words = _words(given.get("q"), faults)
        self.tag = _tag(given.get("tag"), faults)
        self.limit = _limit(given.get("limit"), faults)
        self.after = _cursor(given.get("cursor"), faults)
        if faults:
            raise InvalidQueryError(faults)


def read_object(request: Request) -> Mapping[str, object]:
    """The body, which must be a JSON object."""
    return object_in(request.body, request.headers.get("content-type", ""), MAX_BODY)


def write_json(body: Mapping[str, Any]) -> bytes:
    """Half a surrogate pair, which may have come as a field's name, becomes a question mark."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def summary(note: Summary) -> dict[str, Any]:
    return {
        "id": note.id,
        "title": note.title,
        "tags": list(note.tags),
        "created_at": _moment(note.created_at),
        "updated_at": _moment(note.updated_at),
        "version": note.version,
    }


def whole(note: Note) -> dict[str, Any]:
    return {**summary(note), "body": note.body}


def page(found: Page) -> dict[str, Any]:
    return {
        "items": [summary(note) for note in found.notes],
        "next": write_cursor(found.next) if found.next else None,
    }


def etag(note: Summary) -> str:
    return f'"{note.version}"'


def wanted_version(request: Request) -> int | None:
    """The version `If-Match` names; None where any will do. What is no tag of ours matches none."""
    given = request.headers.get("if-match", "*").strip()
    if given == "*":
        return None
    found = _ETAG.fullmatch(given)
    return int(found[1]) if found else 0


def write_cursor(position: Position) -> str:
    """Opaque, not secret and not signed: it is only ever a place in the asker's own list."""
    plain = f"{position.created_at.astimezone(UTC).isoformat()} {position.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _pairs(query: str) -> dict[str, str]:
    if len(query) > MAX_QUERY:
        raise InvalidQueryError([Fault("", f"must have at most {MAX_QUERY} characters")])
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError:  # UnicodeDecodeError is one
        fault = Fault("", "must be at most ten parameters, percent-encoded UTF-8")
        raise InvalidQueryError([fault]) from None
    names = [name for name, _ in pairs]
    faults = [
        Fault(name[:100], f"is no parameter; there are {', '.join(_ASKED)}")
        for name in names
        if name not in _ASKED
    ] + [Fault(name, "is said twice") for name in _ASKED if names.count(name) > 1]
    if faults:
        raise InvalidQueryError(faults)
    return dict(pairs)


def _words(given: str | None, faults: list[Fault]) -> str | None:
    if given is not None and (len(given) > MAX_WORDS or not is_line(given)):
        faults.append(Fault("q", f"must be a line of text of at most {MAX_WORDS} characters"))
    return given.strip() or None if given else None


def _tag(given: str | None, faults: list[Fault]) -> str | None:
    if given is None:
        return None
    tag = as_tag(given)
    if tag is None:
        faults.append(Fault("tag", "is nothing a note can be tagged with"))
    return tag


def _limit(given: str | None, faults: list[Fault]) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if given.isascii() and given.isdigit() and len(given) <= 3 and 1 <= int(given) <= MAX_LIMIT:
        return int(given)
    faults.append(Fault("limit", f"must be a whole number from 1 to {MAX_LIMIT}"))
    return DEFAULT_LIMIT


def _cursor(given: str | None, faults: list[Fault]) -> Position | None:
    if given is None:
        return None
    position = _position(given)
    if position is None or write_cursor(position) != given:
        faults.append(Fault("cursor", "must be the `next` of an earlier page, unchanged"))
        return None
    return position


def _position(given: str) -> Position | None:
    try:
        padded = given.encode("ascii") + b"=" * (-len(given) % 4)
        plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        moment, _, id = plain.partition(" ")
        created_at, note = datetime.fromisoformat(moment), as_note_id(id)
        if note is None or created_at.tzinfo is None:
            return None
        return Position(created_at.astimezone(UTC), note)
    except (ValueError, OverflowError, binascii.Error):
        return None


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
