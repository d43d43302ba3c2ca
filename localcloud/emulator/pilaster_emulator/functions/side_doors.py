"""Where there are no networks of their own, functions of a side find the AWS endpoint at a port of
this machine that is that side's: Landlock then lets them connect to it and not to the machine's.

A port lives as long as the emulator and not as one process, since presigned URLs carry it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from pilaster_emulator.forward import to_socket
from pilaster_emulator.functions.specification import Side

SIDES: tuple[Side, ...] = ("inside", "outside")


def open_all(
    run: Callable[[Coroutine[Any, Any, int]], int], gate: Callable[[Side], Path]
) -> dict[Side, int]:
    """Listen in the loop that `run` does things on; the port of each side."""

    async def listen(side: Side) -> int:
        server = await asyncio.start_server(to_socket(gate(side)), "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1]

    return {side: run(listen(side)) for side in SIDES}
