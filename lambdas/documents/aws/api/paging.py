"""Pages in a query string: how many, and after which one.

A cursor is opaque to who gets it. It is not secret and not signed: it is only ever a place in the
asker's own list.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from lambdas.documents.model.document import Position
from lambdas.documents.model.errors import Fault, InvalidQueryError
from lambdas.documents.model.identity import as_document_id

DEFAULT_LIMIT, MAX_LIMIT = 20, 100


def decode_limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT:
        return int(text)
    raise InvalidQueryError([Fault("limit", f"must be a whole number from 1 to {MAX_LIMIT}")])


def encode_cursor(position: Position) -> str:
    plain = f"{position.created_at.isoformat()} {position.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def decode_cursor(text: str | None) -> Position | None:
    """Only what `encode_cursor` makes."""
    if text is None:
        return None
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        moment, _, id = (
            base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(" ")
        )
        created_at, document = datetime.fromisoformat(moment), as_document_id(id)
    except (ValueError, binascii.Error):  # UnicodeError is a ValueError
        raise _bad_cursor() from None
    if document is None or created_at.tzinfo is None:
        raise _bad_cursor()
    position = Position(created_at, document)
    if encode_cursor(position) != text:
        raise _bad_cursor()
    return position


def _bad_cursor() -> InvalidQueryError:
    return InvalidQueryError([Fault("cursor", "must be the `next` of an earlier page, unchanged")])
