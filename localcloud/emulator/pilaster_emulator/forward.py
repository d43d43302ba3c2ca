"""Bytes from one connection to another and back, until both sides have said all they had to say."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

_PIECE = 1 << 16


def to_socket(
    path: Path,
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A door that leads to a Unix socket."""

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(str(path))
        except OSError:
            writer.close()
            return
        await both_ways((reader, writer), (far_reader, far_writer))

    return connect


async def both_ways(
    near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    """Returns when both directions have ended; closes both."""
    try:
        await asyncio.gather(_one_way(near[0], far[1]), _one_way(far[0], near[1]))
    finally:
        for _, writer in (near, far):
            writer.close()


async def _one_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, OSError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    with contextlib.suppress(ConnectionError, OSError, RuntimeError):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
