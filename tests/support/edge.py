"""The edge, as functions see it: its secret, and what it says of who asks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

SECRET = "what-the-edge-adds"
SHA256 = hashlib.sha256(SECRET.encode()).hexdigest()
ADDRESS = "203.0.113.7"
HOST = "timetables.example"
HEADERS: Mapping[str, str] = {
    "x-origin-secret": SECRET,
    "x-viewer-address": ADDRESS,
    "x-viewer-host": HOST,
}


def through(event: Mapping[str, Any], **more: str) -> dict[str, Any]:
    """The event as it arrives behind the edge; `more` in the place of what the edge says."""
    said = {name.replace("_", "-"): text for name, text in more.items()}
    return {**event, "headers": {**(event.get("headers") or {}), **HEADERS, **said}}
