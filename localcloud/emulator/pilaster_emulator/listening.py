"""Serves an application at an address of this machine, by hypercorn.

A connection that the client closed is closed here too: hypercorn keeps it until it would have been
idle for too long, and ours may be idle for an hour, so that a busy emulator would hold thousands.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypercorn.asyncio import run, serve
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.config import Config
from hypercorn.events import Event, Updated


async def listen(
    app: Any, address: str, shutdown: Callable[..., Any], *, largest_message: int
) -> None:
    """Until `shutdown` returns. `largest_message` is of a WebSocket, in bytes."""
    config = Config()
    config.bind = [address]
    config.umask = 0o077
    # An idle connection that is closed in the moment it is used again looks like a lost answer.
    config.keep_alive_timeout = 3600
    config.graceful_timeout = 1
    config.websocket_max_message_size = largest_message
    config.loglevel = "WARNING"
    await serve(app, config, shutdown_trigger=shutdown)


def unix(path: Path) -> str:
    """The address of a socket there, which nobody else uses any more."""
    path.unlink(missing_ok=True)
    return f"unix:{path}"


class _Connection(TCPServer):
    async def protocol_send(self, event: Event) -> None:
        if isinstance(event, Updated) and event.idle and self.reader.at_eof():
            await self.idle_task.stop()
        else:
            await super().protocol_send(event)

    async def _read_data(self) -> None:
        await super()._read_data()
        await self.idle_task.stop()


run.TCPServer = _Connection
