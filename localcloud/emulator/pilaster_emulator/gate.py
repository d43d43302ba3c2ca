"""The door in front of the emulator: what is ours is answered here, the rest goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pilaster_emulator.memory import Memory
from pilaster_emulator.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """An ASGI application around ministack's."""

    def __init__(self, inner: Application, settings: Settings, memory: Memory) -> None:
        self._inner = inner
        self._settings = settings
        self._memory = memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["path"].startswith("/_pilaster/"):
                await self._ours(scope, send)
                return
            if scope["method"] not in _HARMLESS:
                self._memory.changed()
        await self._inner(scope, receive, send)

    async def _ours(self, scope: Scope, send: Send) -> None:
        match (scope["method"], scope["path"].removeprefix("/_pilaster/")):
            case ("GET", "status"):
                await _answer(send, 200, self._status())
            case ("POST", "snapshot"):
                saved = self._memory.save()
                await _answer(send, 200 if saved else 500, {"saved": saved})
            case _:
                await _answer(send, 404, {"error": f"there is no {scope['path']!r}"})

    def _status(self) -> dict[str, object]:
        return {
            "pid": os.getpid(),
            "instance": self._memory.instance,
            "isolation": "none",
            "processes": {},
        }


async def _answer(send: Send, status: int, content: object) -> None:
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
