"""How long the edge waits for a viewer, so that slow ones cost a connection and no more."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from pilaster_emulator.edge import words

FIRST_REQUEST_SECONDS = 30.0
BODY_SECONDS = 30.0
"""For the next piece of a body."""
TAKING_SECONDS = 60.0
"""For a viewer to take the next piece of an answer."""

log = logging.getLogger("pilaster.edge")

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Patient(web.Server):
    """A server that closes connections which never come to a request, and refuses what is too long
    or no HTTP in CloudFront's way."""

    def __init__(self, handler: Handler, **more: Any) -> None:
        self._seen: weakref.WeakSet[Any] = weakref.WeakSet()

        async def seen(request: web.BaseRequest) -> web.StreamResponse:
            self._seen.add(request.protocol)
            return await handler(request)

        super().__init__(seen)
        self._more = more

    def __call__(self) -> RequestHandler:
        loop = asyncio.get_running_loop()
        protocol = _Protocol(self, loop=loop, **self._more)
        loop.call_later(FIRST_REQUEST_SECONDS, self._if_silent, weakref.ref(protocol))
        return protocol

    def _if_silent(self, held: weakref.ref[Any]) -> None:
        protocol = held()
        if protocol is not None and protocol not in self._seen:
            protocol.force_close()


class _Protocol(RequestHandler):
    __slots__ = ("__weakref__",)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What cannot be read as a request, or went wrong in the edge."""
        if status >= 500:
            log.error("the edge failed", exc_info=exc)
        content = words.page(status, words.OURS if status >= 500 else words.MALFORMED, "-")
        answer = web.Response(status=status, body=content, content_type="text/html")
        answer.headers.update({"server": "CloudFront", "x-cache": "Error from cloudfront"})
        answer.force_close()
        return answer


async def body(incoming: web.BaseRequest) -> AsyncIterator[bytes]:
    """The body as it comes. Raises TimeoutError where nothing comes any more."""
    while True:
        async with asyncio.timeout(BODY_SECONDS):
            piece = await incoming.content.readany()
        if not piece:
            return
        yield piece
