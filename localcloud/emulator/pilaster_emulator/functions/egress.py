"""The one way out of a sandbox to the internet: a proxy that reaches one host, or the stub.

On AWS a function outside reaches every host. Here it reaches the one its `MODEL_URL` names, if that
is on the list below, and no other; a function inside has no door at all. TLS is the function's own,
end to end: the proxy sees a name and encrypted bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from pilaster_emulator.forward import both_ways
from pilaster_emulator.functions.specification import Specification
from pilaster_emulator.model_stub import service
from pilaster_emulator.model_stub.script import Script

PORT = 3128
"""In a function's own network."""
VARIABLE = "EGRESS_PROXY"
"""Where a function finds the proxy; on AWS there is none, and nothing is set."""
STUB = "model.stub"
HOSTS = frozenset({"api.anthropic.com"})
"""What may be reached, on port 443."""
_LONGEST_HEAD = 64 << 10
_PATIENCE = 10.0

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def host_of(function: Specification) -> str | None:
    """The host this function may reach, or None."""
    if function.side != "outside":
        return None
    url = urlsplit(function.environment.get("MODEL_URL", ""))
    if url.scheme == "http" and url.hostname == STUB:
        return STUB
    return url.hostname if url.scheme == "https" and url.hostname in HOSTS else None


def door(host: str, script: Script) -> Connection:
    """What answers at the proxy's port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, ValueError):
            writer.close()
            return
        if len(head) > _LONGEST_HEAD:
            await _refuse(writer, 431)
            return
        method, _, rest = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
        target = rest.rpartition(" ")[0]
        if host == STUB and method != "CONNECT" and urlsplit(target).hostname == STUB:
            await service.serve(script, head, reader, writer)
        elif host != STUB and method == "CONNECT" and target == f"{host}:443":
            await _tunnel(host, reader, writer)
        else:
            await _refuse(writer, 403)

    return answer


def open_all(run: Callable[[Coroutine[Any, Any, int]], int], script: Script) -> dict[str, int]:
    """Where functions have no network of their own: a port of this machine for each host."""

    async def listen(host: str) -> int:
        server = await asyncio.start_server(door(host, script), "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1]

    return {host: run(listen(host)) for host in sorted({STUB, *HOSTS})}


async def _tunnel(host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            far = await asyncio.open_connection(host, 443)
    except (TimeoutError, OSError):
        await _refuse(writer, 502)
        return
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await writer.drain()
    await both_ways((reader, writer), far)


async def _refuse(writer: asyncio.StreamWriter, status: int) -> None:
    with contextlib.suppress(ConnectionError, OSError):
        writer.write(
            f"HTTP/1.1 {status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
        )
        await writer.drain()
    writer.close()
