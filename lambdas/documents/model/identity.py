"""Whose and which: the ids of documents and users."""

from __future__ import annotations

import re
from typing import NewType

DocumentId = NewType("DocumentId", str)
"""A UUID in its usual form, lower case."""

UserId = NewType("UserId", str)
"""The `sub` of the user's token: a UUID."""

SessionId = NewType("SessionId", str)
"""A login: the same in all tokens that come from it."""

REVIEWERS = "reviewers"
"""The group of those who may look at other people's documents to decide on them."""

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

_UUID = re.compile(UUID)


def as_document_id(text: str) -> DocumentId | None:
    """None for what cannot be an id: such a document is not there."""
    return DocumentId(text.lower()) if _UUID.fullmatch(text.lower()) else None


def as_user_id(text: str) -> UserId | None:
    return UserId(text.lower()) if _UUID.fullmatch(text.lower()) else None
