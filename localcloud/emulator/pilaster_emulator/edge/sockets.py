"""A WebSocket from a viewer through to its origin, message by message.

Source: Developer Guide, "Use WebSockets with CloudFront distributions".
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import WSMsgType, web

from pilaster_emulator.edge.origins import MESSAGE_BYTES
from pilaster_emulator.edge.viewer import Headers

IDLE_SECONDS = 600.0
"""Without a message in either direction."""
_SENDABLE = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})

Side = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


@dataclass
class _Clock:
    last: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        return self.last + IDLE_SECONDS - time.monotonic()


def wanted(incoming: web.BaseRequest) -> bool:
    """Whether the viewer asks for a WebSocket."""
    return (
        incoming.method == "GET"
        and incoming.headers.get("upgrade", "").lower() == "websocket"
        and "upgrade" in incoming.headers.get("connection", "").lower()
    )


def protocols(incoming: web.BaseRequest) -> list[str]:
    given = ",".join(incoming.headers.getall("sec-websocket-protocol", []))
    return [each.strip() for each in given.split(",") if each.strip()]


async def through(
    incoming: web.BaseRequest, far: aiohttp.ClientWebSocketResponse, headers: Headers
) -> web.StreamResponse:
    """Both ways until one side ends; it ends for the other in the same words."""
    near = web.WebSocketResponse(
        autoping=False,
        compress=False,
        max_msg_size=MESSAGE_BYTES,
        protocols=[far.protocol] if far.protocol else (),
    )
    near.headers.extend(headers)
    try:
        await near.prepare(incoming)
    except BaseException:
        await far.close()
        raise
    clock = _Clock()
    ways = [
        asyncio.create_task(_one_way(near, far, clock)),
        asyncio.create_task(_one_way(far, near, clock)),
    ]
    try:
        done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        code, reason = next(iter(done)).result()
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
    await _end(near, far, code, reason)
    if code not in _SENDABLE and incoming.transport is not None:
        # Whoever went without a word: the other side learns of it in the same way.
        incoming.transport.abort()
    return near


async def _one_way(source: Any, target: Any, clock: _Clock) -> tuple[int, str]:
    """The code and reason it ended with; 1006 where nothing was said."""
    while True:
        try:
            message = await source.receive(max(clock.left(), 0.001))
        except TimeoutError:
            if clock.left() > 0:
                continue
            return 1001, "Going away"
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG):
            clock.last = time.monotonic()
        try:
            match message.type:
                case WSMsgType.TEXT:
                    await target.send_str(message.data)
                case WSMsgType.BINARY:
                    await target.send_bytes(message.data)
                case WSMsgType.PING:
                    await target.ping(message.data)
                case WSMsgType.PONG:
                    await target.pong(message.data)
                case WSMsgType.CLOSE:
                    return message.data or 1000, message.extra or ""
                case _:
                    return source.close_code or 1006, ""
        except (ConnectionError, aiohttp.ClientError):
            return 1006, ""


async def _end(near: Side, far: Side, code: int, reason: str) -> None:
    said = code if code in _SENDABLE or 3000 <= code <= 4999 else 1011
    for side in (near, far):
        if not side.closed:
            await side.close(code=said, message=reason.encode()[:123])
