"""From the cache or from the origin: what a behaviour's policies say about one request."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import aiohttp

from pilaster_emulator.edge import compression, freshness, reply, viewer, words
from pilaster_emulator.edge.distribution import Behavior, Distribution, Origin
from pilaster_emulator.edge.origins import MisnamedError, Origins, SlowError, UnreachableError
from pilaster_emulator.edge.reply import Reply
from pilaster_emulator.edge.store import LARGEST_BYTES, Kept, Store
from pilaster_emulator.edge.viewer import Headers, Request

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip
_OF_S3_ALONE = frozenset({"x-amz-id-2", "x-amz-request-id"})
_CONDITIONS = frozenset(
    {"if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range"}
)

log = logging.getLogger("pilaster.edge")


@dataclass(kw_only=True)
class Fetch:
    """One request on its way through a behaviour. Whatever is opened is closed by `open`."""

    distribution: Distribution
    behavior: Behavior
    origins: Origins
    store: Store
    label: str
    open: AsyncExitStack

    async def reply(self, request: Request, body: Any = None) -> Reply:
        """The answer, from the cache where it may be. `body` is what the viewer sends."""
        kept_methods = {"GET", "HEAD"} | ({"OPTIONS"} & self.behavior.cached)
        if request.method not in kept_methods or body is not None:
            return await self._fresh(request, body, None)
        key = viewer.key(request, self.behavior)
        kept = self.store.get(key)
        if kept is not None and kept.fresh:
            return reply.of_kept(kept, reply.HIT if kept.status < 400 else reply.ERROR, request)
        if kept is not None and kept.status < 400:
            return await self._again(request, key, kept)
        return await self._fresh(request, None, key)

    async def _again(self, request: Request, key: tuple[str, ...], kept: Kept) -> Reply:
        """Ask the origin whether what is kept and too old still holds."""
        conditions = [
            (name, kept.header(held))
            for name, held in (("if-none-match", "etag"), ("if-modified-since", "last-modified"))
            if kept.header(held)
        ]
        # For all of it, whatever part this viewer wants.
        plain = [p for p in request.headers if p[0] not in _CONDITIONS and p[0] != "range"]
        asked = Request(
            method="GET" if request.method == "HEAD" else request.method,
            path=request.path,
            query=request.query,
            headers=[*plain, *conditions],
            address=request.address,
            port=request.port,
            version=request.version,
            id=request.id,
        )
        found = await self._fresh(asked, None, key)
        if found.status >= 500:
            seconds = freshness.seconds(
                found.status, {}, self.behavior.cache, self.distribution.errors.get(found.status)
            )
            kept.until = time.monotonic() + seconds
            return reply.of_kept(kept, reply.HIT, request)
        if found.status != 304:
            return found
        changed = {name for name, _ in found.headers} - {"content-length", "content-encoding"}
        changed -= {"etag", "content-type"}
        kept.headers = [p for p in kept.headers if p[0] not in changed] + [
            p for p in found.headers if p[0] in changed
        ]
        kept.since = time.monotonic()
        seconds = freshness.seconds(200, dict(kept.headers), self.behavior.cache, None)
        kept.until = kept.since + seconds
        return reply.of_kept(kept, reply.REFRESHED, request)

    async def _fresh(self, request: Request, body: Any, key: tuple[str, ...] | None) -> Reply:
        origin = self.distribution.origins.get(self.behavior.origin)
        if origin is None:
            return self._said(502, words.CONNECT, request, key)
        target = request.path
        if query := viewer.query(request, self.behavior):
            target += f"?{query}"
        try:
            answer = await self.open.enter_async_context(
                self.origins.asked(
                    origin,
                    self.distribution,
                    method=request.method,
                    target=target,
                    headers=viewer.to_origin(request, self.behavior, origin, self.label),
                    body=body,
                )
            )
            return await self._taken(request, origin, answer, key)
        except SlowError as error:
            log.warning("%s: %s", self.distribution.id, error)
            return self._said(504, words.SLOW, request, key)
        except UnreachableError as error:
            log.warning("%s: %s", self.distribution.id, error)
            return self._said(502, words.CONNECT, request, key)
        except (aiohttp.ClientError, OSError) as error:
            # It began to answer and did not come to an end, and nothing was sent yet.
            log.warning("%s: an answer broke off: %r", self.distribution.id, error)
            slow = isinstance(error, TimeoutError)
            return self._said(504 if slow else 502, words.SLOW, request, key)
        except MisnamedError as error:
            log.error("%s: %s", self.distribution.id, error)
            content = b'{"message":"Forbidden"}'
            headers = [("content-type", "application/json"), ("content-length", str(len(content)))]
            return Reply(status=403, headers=headers, body=content, result=reply.ERROR)

    async def _taken(
        self,
        request: Request,
        origin: Origin,
        answer: aiohttp.ClientResponse,
        key: tuple[str, ...] | None,
    ) -> Reply:
        headers = _headers(answer, origin)
        plain = dict(headers)
        status, result = answer.status, reply.MISS if answer.status < 400 else reply.ERROR
        seconds = 0.0
        if key is not None and request.method != "HEAD" and status not in (206, 304):
            seconds = freshness.seconds(
                status, plain, self.behavior.cache, self.distribution.errors.get(status)
            )
        packed = viewer.encoding(request, self.behavior) if self.behavior.compress else ""
        if packed and request.version != "1.0" and compression.fits(status, plain):
            if request.method == "HEAD":
                headers = _as_packed(headers, packed, None)
                return Reply(status=status, headers=headers, body=b"", result=result)
            content = await asyncio.to_thread(compression.compressed, await answer.read(), packed)
            headers = _as_packed(headers, packed, len(content))
            self._keep(key, request, status, headers, content, seconds)
            return Reply(status=status, headers=headers, body=content, result=result)
        pieces = self._pieces(answer, key, request, headers, seconds)
        return Reply(status=status, headers=headers, body=pieces, result=result)

    async def _pieces(
        self,
        answer: aiohttp.ClientResponse,
        key: tuple[str, ...] | None,
        request: Request,
        headers: Headers,
        seconds: float,
    ) -> AsyncIterator[bytes]:
        """The body as it comes; kept once it has come to its end, if it is not too large."""
        collected: bytearray | None = bytearray() if seconds > 0 else None
        async for piece in answer.content.iter_any():
            if collected is not None:
                collected += piece
                if len(collected) > LARGEST_BYTES:
                    collected = None
            yield piece
        if collected is not None:
            known = [pair for pair in headers if pair[0] != "content-length"]
            whole = [*known, ("content-length", str(len(collected)))]
            self._keep(key, request, answer.status, whole, bytes(collected), seconds)

    def _keep(
        self,
        key: tuple[str, ...] | None,
        request: Request,
        status: int,
        headers: Headers,
        body: bytes,
        seconds: float,
    ) -> None:
        if key is not None and seconds > 0 and len(body) <= LARGEST_BYTES:
            until = time.monotonic() + seconds
            # A cookie that is set for one is not set for all who come after.
            kept = [pair for pair in headers if pair[0] != "set-cookie"]
            self.store.put(
                key, Kept(status=status, headers=kept, body=body, path=request.path, until=until)
            )

    def _said(
        self, status: int, reason: str, request: Request, key: tuple[str, ...] | None
    ) -> Reply:
        """An error of the edge's own; kept as one of the origin would be."""
        content = words.page(status, reason, request.id)
        headers = [("content-type", "text/html"), ("content-length", str(len(content)))]
        seconds = freshness.seconds(
            status, {}, self.behavior.cache, self.distribution.errors.get(status)
        )
        self._keep(key, request, status, headers, content, seconds)
        return Reply(status=status, headers=headers, body=content, result=reply.ERROR)


def _headers(answer: aiohttp.ClientResponse, origin: Origin) -> Headers:
    dropped = _HOP_BY_HOP | (_OF_S3_ALONE if origin.bucket is not None else frozenset())
    return [
        (name.lower(), value)
        for name, value in answer.headers.items()
        if name.lower() not in dropped
    ]


def _as_packed(headers: Headers, how: str, size: int | None) -> Headers:
    changed = {"content-length", "etag", "accept-ranges", "vary"}
    kept = [pair for pair in headers if pair[0] not in changed]
    tag = compression.weak(next((value for name, value in headers if name == "etag"), ""))
    vary = [value for name, value in headers if name == "vary"]
    if not any("accept-encoding" in value.lower() for value in vary):
        vary.append("Accept-Encoding")
    return [
        *kept,
        *([("etag", tag)] if tag else []),
        *([("content-length", str(size))] if size is not None else []),
        ("content-encoding", how),
        ("vary", ", ".join(vary)),
    ]
