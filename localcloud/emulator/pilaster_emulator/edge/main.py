"""The edge's process: a server for each distribution, and what the emulator tells over the pipe."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import resource
import sys
from pathlib import Path
from typing import Any

from pilaster_emulator.edge import distribution as distributions
from pilaster_emulator.edge.front import Front
from pilaster_emulator.edge.origins import Origins
from pilaster_emulator.edge.patience import Patient

HOST = "127.0.0.1"
LARGEST_LINE = 8_192
LARGEST_HEADER = 10_240
MOST_HEADERS = 128
KEEP_ALIVE_SECONDS = 600.0
_LARGEST_MESSAGE = 64 << 20

log = logging.getLogger("pilaster.edge")


def main(endpoint: str, objects: Path) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(endpoint, objects))


async def _serve(endpoint: str, objects: Path) -> None:
    told = asyncio.StreamReader(limit=_LARGEST_MESSAGE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin.buffer)
    edge = Edge(Origins(endpoint, objects))
    while line := await told.readline():
        try:
            answer = await edge.do(json.loads(line))
        except Exception as error:
            log.exception("what was told could not be done")
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    await edge.close()


class Edge:
    """All distributions of one emulator."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._fronts: dict[str, Front] = {}
        self._servers: dict[int, asyncio.Server] = {}
        self._handlers: dict[int, Patient] = {}

    async def do(self, message: dict[str, Any]) -> dict[str, Any]:
        if "plan" in message:
            return await self._follow(message["plan"])
        wanted = message["invalidate"]
        front = self._fronts.get(wanted["distribution"])
        return {"emptied": front.store.empty(wanted["paths"]) if front else 0}

    async def _follow(self, plan: dict[str, Any]) -> dict[str, Any]:
        told = {entry["id"]: entry for entry in plan["distributions"]}
        for gone in self._fronts.keys() - told.keys():
            await self._shut(self._fronts.pop(gone).distribution.port)
        failed: dict[str, str] = {}
        for name, entry in told.items():
            # What one distribution cannot do is no reason for the others not to answer.
            try:
                await self._answer(name, distributions.read(entry))
            except Exception as error:
                log.exception("%s cannot be answered for", name)
                failed[name] = f"{type(error).__name__}: {error}"
        if failed:
            return {"error": f"distributions that do not answer as they should: {failed}"}
        return {"distributions": sorted(told)}

    async def _answer(self, name: str, distribution: distributions.Distribution) -> None:
        if name in self._fronts:
            self._fronts[name].follow(distribution)
            return
        front = Front(distribution, self._origins)
        await self._open(front)
        self._fronts[name] = front

    async def _open(self, front: Front) -> None:
        loop = asyncio.get_running_loop()
        port = front.distribution.port
        handlers = Patient(
            front.answer,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            max_line_size=LARGEST_LINE,
            max_field_size=LARGEST_HEADER,
            max_headers=MOST_HEADERS,
        )
        self._servers[port] = await loop.create_server(handlers, HOST, port, backlog=1024)
        self._handlers[port] = handlers

    async def _shut(self, port: int) -> None:
        self._servers.pop(port).close()
        await self._handlers.pop(port).shutdown(timeout=1)

    async def close(self) -> None:
        for port in list(self._servers):
            await self._shut(port)
        await self._origins.close()
