"""The connections of one function's process, which end with it.

asyncio keeps no hold of who serves a connection. One that waits for a call nobody will send any
more is collected with the rest of its process, and the log says of each that it was destroyed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Door = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Connections:
    """Who is served at the moment."""

    def __init__(self) -> None:
        self._served: set[asyncio.Task[Any]] = set()
        self._ended = False

    def through(self, door: Door) -> Door:
        """The same door; whoever comes through it is known here."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            if self._ended:
                writer.close()
                return
            self._served.add(task)
            try:
                await door(reader, writer)
            except asyncio.CancelledError:  # by `end`; Python 3.11 takes one for a failure
                writer.close()
            finally:
                self._served.discard(task)

        return serve

    def end(self) -> None:
        """Nobody is served any more."""
        self._ended = True
        for task in list(self._served):
            task.cancel()
