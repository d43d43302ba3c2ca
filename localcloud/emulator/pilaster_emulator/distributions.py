"""Distributions of the emulator's CloudFront, and the edge that answers at their addresses.

ministack has the control plane. What is replaced is the name a distribution gets, which is
`127.0.0.1:<port>` and kept with its state; and whoever changes one is answered once the edge does
as it says.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from pilaster_emulator.edge import plan
from pilaster_emulator.edge.process import EdgeError, Process
from pilaster_emulator.revival import Revival
from pilaster_emulator.settings import Settings

log = logging.getLogger("pilaster.edge")

LOOPBACK = "127.0.0.1"
USUAL_PORT = 8080
_FIRST, _LAST = 20_000, 32_000
"""Below the ports the system lends to outgoing connections."""

Answer = tuple[int, dict[str, Any], bytes]
Handler = Callable[..., Awaitable[Answer]]


class Distributions:
    """The distributions of one emulator."""

    def __init__(self, settings: Settings, moved: Callable[[], None]) -> None:
        """`moved` is called where an address of the former run was taken meanwhile."""
        self._moved = moved
        self._edge = Process(settings)
        self._follows = True
        self._revival = Revival({"the edge": self}, lambda _: self._begin())

    def install(self) -> None:
        """Put this in ministack's place."""
        from ministack.services import cloudfront, waf

        cloudfront._new_distribution_domain = _address
        cloudfront.handle_request = self._told(cloudfront.handle_request)
        waf.handle_request = self._told(waf.handle_request)
        stock = cloudfront._create_invalidation

        def create_invalidation(distribution: str, body: bytes) -> Answer:
            answer = stock(distribution, body)
            if answer[0] == 201:
                made = cloudfront._invalidations[distribution][-1]
                self._empty(distribution, made["InvalidationBatch"]["Paths"]["Items"])
            return answer

        cloudfront._create_invalidation = create_invalidation
        self._revival.begin()

    def restore(self) -> None:
        """Answer again at the addresses of the state that was loaded."""
        from ministack.services import cloudfront

        for _, record in cloudfront._distributions._data.items():
            host, _, port = record["DomainName"].rpartition(":")
            if host != LOOPBACK or not _is_free(int(port)):
                former, record["DomainName"] = record["DomainName"], _address()
                self._moved()
                log.warning("%s is taken: %s is at %s", former, record["Id"], record["DomainName"])
        if cloudfront._distributions._data:
            self._begin()

    def processes(self) -> dict[str, int]:
        return {"edge": self._edge.pid} if self._edge.running else {}

    def close(self) -> None:
        self._revival.close()
        self._edge.stop()

    @property
    def died(self) -> bool:
        """Whether the edge ended, or could not do all that it was told last."""
        return self._edge.died or not self._follows

    def _begin(self) -> None:
        self._edge.start()
        try:
            self._edge.tell({"plan": plan.whole()})
            self._follows = True
        except EdgeError:
            self._follows = False
            log.exception("the edge does not do as its distributions say")

    def _told(self, stock: Handler) -> Handler:
        async def handle(
            method: str, path: str, headers: Any, body: bytes, query_params: Any
        ) -> Answer:
            answer = await stock(method, path, headers, body, query_params)
            if method != "GET" and answer[0] < 300:
                await self._tell()
            return answer

        return handle

    async def _tell(self) -> None:
        from ministack.services import cloudfront

        if not cloudfront._distributions._data and not self._edge.running:
            return
        await asyncio.to_thread(self._begin)

    def _empty(self, distribution: str, paths: list[str]) -> None:
        try:
            self._edge.tell({"invalidate": {"distribution": distribution, "paths": paths}})
        except EdgeError:
            log.exception("%s could not be emptied of %s", distribution, paths)


def _address() -> str:
    """Where a new distribution answers: nobody else is there, and no other distribution."""
    from ministack.services import cloudfront

    taken = {record["DomainName"] for _, record in cloudfront._distributions._data.items()}
    port = USUAL_PORT
    while f"{LOOPBACK}:{port}" in taken or not _is_free(port):
        port = random.randrange(_FIRST, _LAST)
    return f"{LOOPBACK}:{port}"


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
