"""The databases of this emulator and the proxy in front of them, wired together."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pilaster_emulator.database import access
from pilaster_emulator.database.access import Admission, Refusal
from pilaster_emulator.database.clusters import Clusters
from pilaster_emulator.database.login import LoginProxy
from pilaster_emulator.database.server import Installation
from pilaster_emulator.functions import isolation
from pilaster_emulator.functions.runner import Runner
from pilaster_emulator.functions.specification import Specification
from pilaster_emulator.settings import Settings


class Databases:
    """Clusters, and their door on this machine and in the networks of inside functions."""

    def __init__(self, settings: Settings, runner: Runner) -> None:
        self._settings = settings
        self._runner = runner
        self._clusters = Clusters(
            Installation(
                programs=settings.postgres_programs,
                data=settings.postgres,
                sockets=settings.sockets,
                logs=settings.logs,
                namespaces=isolation.namespaces_work(),
            ),
            settings.database_port,
        )
        self._proxy = LoginProxy(settings.authority, self._decide, self._sockets)

    def install(self) -> None:
        self._clusters.install()
        self._runner.database = self._proxy.door

    def restore(self) -> None:
        self._clusters.restore()

    def processes(self) -> dict[str, int]:
        return self._clusters.processes()

    async def listen(self) -> None:
        """Answer on this machine's loopback, in the loop the functions' connections live in."""

        async def serve() -> None:
            await asyncio.start_server(
                self._proxy.door(None), "127.0.0.1", self._settings.database_port
            )

        await asyncio.to_thread(self._runner.pool.run, serve())

    def close(self) -> None:
        self._clusters.close()

    def _decide(self, token: str, user: str, caller: Specification | None) -> Admission | Refusal:
        self._clusters.await_ready()
        return access.decide(
            token,
            user=user,
            port=self._settings.database_port,
            caller=caller,
            credentials=self._runner.credentials,
        )

    def _sockets(self, identifier: str | None) -> list[Path]:
        return [
            server.socket
            for name, server in self._clusters.servers.items()
            if identifier in (None, name) and server.running
        ]
