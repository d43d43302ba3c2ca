"""An answer on its way to the viewer: whole, in pieces, or a part of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from aiohttp import web
from multidict import CIMultiDict

from pilaster_emulator.edge.patience import TAKING_SECONDS
from pilaster_emulator.edge.viewer import Headers, Request

if TYPE_CHECKING:
    from pilaster_emulator.edge.store import Kept

HIT, MISS, REFRESHED, ERROR = "Hit", "Miss", "RefreshHit", "Error"
MADE = "FunctionGeneratedResponse"
_PIECE = 1 << 18
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_NOT_OF_A_304 = frozenset({"content-length", "content-type", "content-encoding", "content-range"})


@dataclass(kw_only=True)
class Reply:
    status: int
    headers: Headers
    body: bytes | AsyncIterator[bytes]
    result: str
    """The beginning of `x-cache`."""
    age: int | None = None

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")


def of_kept(kept: Kept, result: str, request: Request) -> Reply:
    """What the viewer asked for of what is kept: all of it, a range, or that it has it already."""
    reply = Reply(
        status=kept.status,
        headers=list(kept.headers),
        body=kept.body,
        result=result,
        age=kept.age if result == HIT else None,
    )
    if kept.status != 200:
        return reply
    if _has_it(kept, request):
        headers = [pair for pair in reply.headers if pair[0] not in _NOT_OF_A_304]
        return replace(reply, status=304, headers=headers, body=b"")
    return _part(kept, reply, request)


def _has_it(kept: Kept, request: Request) -> bool:
    tag = kept.header("etag").removeprefix("W/")
    if given := request.header("if-none-match"):
        known = [each.strip().removeprefix("W/") for each in given.split(",")]
        return given.strip() == "*" or (bool(tag) and tag in known)
    since, changed = request.header("if-modified-since"), kept.header("last-modified")
    if not since or not changed:
        return False
    try:
        return parsedate_to_datetime(changed) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _part(kept: Kept, reply: Reply, request: Request) -> Reply:
    found = _RANGE.fullmatch(request.header("range").replace(" ", ""))
    if found is None or not any(found.groups()):
        return reply
    if (condition := request.header("if-range")) and condition not in (
        kept.header("etag"),
        kept.header("last-modified"),
    ):
        return reply
    size = len(kept.body)
    if not found[1]:
        first, last = max(size - int(found[2]), 0), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
    kept_headers = [pair for pair in reply.headers if pair[0] != "content-length"]
    if first >= size or first > last:
        headers = [*kept_headers, ("content-range", f"bytes */{size}"), ("content-length", "0")]
        return replace(reply, status=416, headers=headers, body=b"")
    part = kept.body[first : last + 1]
    headers = [
        *kept_headers,
        ("content-range", f"bytes {first}-{last}/{size}"),
        ("content-length", str(len(part))),
    ]
    return replace(reply, status=206, headers=headers, body=part)


async def send(reply: Reply, incoming: web.BaseRequest) -> web.StreamResponse:
    """The answer, sent. What breaks off in the middle breaks off for the viewer, too."""
    answer = web.StreamResponse(status=reply.status, headers=CIMultiDict(reply.headers))
    if isinstance(reply.body, bytes) and "content-length" not in answer.headers:
        answer.content_length = len(reply.body)
    await answer.prepare(incoming)
    pieces = _cut(reply.body) if isinstance(reply.body, bytes) else reply.body
    async for piece in pieces:
        if incoming.method != "HEAD":
            async with asyncio.timeout(TAKING_SECONDS):
                await answer.write(piece)
    await answer.write_eof()
    return answer


async def _cut(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]
