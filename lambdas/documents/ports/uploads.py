"""Links to send a file to, and to look at one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class UploadLink:
    """How to send the file: exactly these headers, and only until then."""

    url: str
    headers: Mapping[str, str]
    expires_at: datetime


class UploadLinks(Protocol):
    def sign(self, key: str, *, content_type: str, size: int, until: datetime) -> UploadLink: ...


@dataclass(frozen=True, kw_only=True)
class ViewLink:
    """Where a file can be looked at, until then, by whoever has the link."""

    url: str
    expires_at: datetime


class ViewLinks(Protocol):
    def view(self, key: str, *, content_type: str, until: datetime) -> ViewLink: ...
