"""What may be uploaded, as far as that can be told before the bytes are there.

A name is for people: it is given back as it came and never becomes a path, a key or a header. So
`../../week.png` and `<b>.png` are names like any other, and refused is only what would lie to the
reader's eye or cannot be stored: control characters, invisible ones and those that turn the
direction of text (`week\\u202egnp.exe` shows as "weekexe.png").
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from lambdas.documents.model.errors import Fault, InvalidInputError

EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
"""Content types we read -> the extension of our key."""

MAX_NAME = 255

_JOINERS = frozenset({"\u200c", "\u200d"})
"""Invisible, and part of Persian words and of emoji."""

_REFUSED_CATEGORIES = {
    "Cc": "a control character",
    "Cf": "an invisible or direction-changing character",
    "Cs": "half a character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file somebody wants to send, found acceptable."""

    name: str
    content_type: str
    size: int
    """Bytes; the upload must have exactly these many."""


def accept(name: object, content_type: object, size: object, *, limit: int) -> Upload:
    """The upload, or every fault of it at once. `limit` is in bytes."""
    faults: list[Fault] = []
    cleaned = _name(name, faults)
    if not isinstance(content_type, str) or content_type.lower() not in EXTENSIONS:
        faults.append(Fault("content_type", f"must be one of {', '.join(EXTENSIONS)}"))
    # bool is an int to Python, not to anybody who sends JSON.
    if not isinstance(size, int) or isinstance(size, bool):
        faults.append(Fault("size", "must be the file's size in bytes, a whole number"))
    elif size < 1:
        faults.append(Fault("size", "must be at least 1: an empty file holds no timetable"))
    elif size > limit:
        faults.append(Fault("size", f"must be at most {limit} bytes ({limit // 2**20} MiB)"))
    if faults or not isinstance(content_type, str) or not isinstance(size, int):
        raise InvalidInputError(faults)
    return Upload(name=cleaned, content_type=content_type.lower(), size=size)


def _name(name: object, faults: list[Fault]) -> str:
    if not isinstance(name, str):
        faults.append(Fault("name", "must be text"))
        return ""
    if len(name) > 4 * MAX_NAME:  # before any work whose cost grows with it
        faults.append(Fault("name", f"must have at most {MAX_NAME} characters"))
        return ""
    for character in name:
        refused = _REFUSED_CATEGORIES.get(unicodedata.category(character))
        if refused and character not in _JOINERS:
            faults.append(
                Fault("name", f"must not contain {refused} (U+{ord(character):04X}): rename it")
            )
            return ""
    cleaned = unicodedata.normalize("NFC", name).strip()
    if not cleaned:
        faults.append(Fault("name", "must not be empty"))
    elif len(cleaned) > MAX_NAME:
        faults.append(Fault("name", f"must have at most {MAX_NAME} characters"))
    return cleaned
