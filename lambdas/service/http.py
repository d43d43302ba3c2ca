"""A request and a response, as every edge hands them over: no platform in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    """In capitals."""
    path: str
    """As the client wrote it, without the query: `/api/v1/notes`."""
    query: str = ""
    """What follows the question mark, undecoded: every platform decodes it differently."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """By their names in lower case."""
    body: bytes = b""
    user: str | None = None
    """The `sub` of a token whose signature, issuer, audience and time were verified; None where
    there was none."""
    request_id: str
    """What the platform calls the request, in its own logs and in the answer."""
    deadline: float | None = None
    """When the platform gives up on the call, by `time.monotonic()`."""


@dataclass(frozen=True, kw_only=True)
class Response:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """By their names in lower case."""
    body: bytes = b""
