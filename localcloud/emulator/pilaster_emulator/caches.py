"""Caches behind the emulator's ElastiCache resources: `CreateServerlessCache` starts a Valkey,
`DeleteServerlessCache` ends it.

ministack has the control plane; without Docker it points every cache at one plaintext server. What
is replaced is that, and users that log in with IAM, which it does not know.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pilaster_emulator.cache import access
from pilaster_emulator.cache.access import Admission
from pilaster_emulator.cache.door import Door
from pilaster_emulator.cache.server import Installation, Server
from pilaster_emulator.functions import isolation
from pilaster_emulator.functions.runner import Runner
from pilaster_emulator.functions.specification import Specification
from pilaster_emulator.revival import Revival
from pilaster_emulator.settings import Settings

log = logging.getLogger("pilaster.cache")

HOST = "localhost"
Parameters = dict[str, Any]
Action = Callable[[Parameters], Any]


class Caches:
    """The caches of one emulator, and their door."""

    def __init__(self, settings: Settings, runner: Runner) -> None:
        self._settings = settings
        self._runner = runner
        self._servers: dict[str, Server] = {}
        self._around = Installation(
            data=settings.emulator.parent / "valkey",
            sockets=settings.sockets,
            logs=settings.logs,
            namespaces=isolation.namespaces_work(),
        )
        # One thread that lives as long as the emulator: what it starts would end with it.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="valkey")
        self._revival = Revival(self._servers, self._revive)
        self._door = Door(settings.authority, self._decide, self._servers.get)

    def install(self) -> None:
        """Put this in ministack's place."""
        from ministack.services import elasticache

        # No look for a Docker daemon, ever.
        elasticache._get_docker = lambda: None
        elasticache._ensure_live_containers = lambda: None
        for name, replacement in (
            ("_create_serverless_cache", self._create),
            ("_delete_serverless_cache", self._delete),
            ("_create_user", _create_user),
        ):
            stock = getattr(elasticache, name)
            setattr(elasticache, name, lambda p, r=replacement, s=stock: r(s, p))
        self._runner.cache = self._door.connection
        self._revival.begin()

    def restore(self) -> None:
        """Start the caches of the state that was loaded, empty."""
        from ministack.services import elasticache

        for (_, _, name), cache in elasticache._serverless_caches.all_items():
            self._starter.submit(self._attach, name, cache)

    def processes(self) -> dict[str, int]:
        return {
            f"valkey {name}": server.pid
            for name, server in list(self._servers.items())
            if server.running
        }

    async def listen(self) -> None:
        """Answer on this machine's loopback, in the loop the functions' connections live in."""

        async def serve() -> None:
            await asyncio.start_server(
                self._door.connection(None), "127.0.0.1", self._settings.cache_port
            )

        await asyncio.to_thread(self._runner.pool.run, serve())

    def close(self) -> None:
        self._revival.close()
        # By the thread that started them: where it ends first, they are killed with it.
        for server in list(self._servers.values()):
            self._starter.submit(server.stop).result()
        self._starter.shutdown(cancel_futures=True)

    def _decide(self, token: str, user: str, caller: Specification | None) -> Admission:
        return access.decide(token, user=user, caller=caller, credentials=self._runner.credentials)

    def _revive(self, name: str) -> None:
        if (server := self._servers.get(name)) is not None:
            self._starter.submit(server.start).result()

    def _attach(self, name: str, cache: Parameters) -> None:
        """Start the server of this cache and point the record at the door."""
        endpoint = {"Address": HOST, "Port": self._settings.cache_port}
        cache.update(Endpoint=endpoint, ReaderEndpoint=endpoint, Status="available")
        try:
            self._servers.setdefault(name, Server(name, self._around)).start()
        except Exception:
            log.exception("cache %s could not be started", name)
            cache["Status"] = "create-failed"

    def _create(self, stock: Action, p: Parameters) -> Any:
        from ministack.services import elasticache

        answer = stock(p)
        name = elasticache._p(p, "ServerlessCacheName").lower()
        if answer[0] != 200:
            return answer
        cache = elasticache._serverless_caches[name]
        self._starter.submit(self._attach, name, cache).result()
        inner = f"<ServerlessCache>{elasticache._serverless_cache_xml(cache)}</ServerlessCache>"
        result = f"<CreateServerlessCacheResult>{inner}</CreateServerlessCacheResult>"
        return elasticache._xml(200, "CreateServerlessCacheResponse", result)

    def _delete(self, stock: Action, p: Parameters) -> Any:
        from ministack.services import elasticache

        answer = stock(p)
        server = self._servers.pop(elasticache._p(p, "ServerlessCacheName").lower(), None)
        if server is not None:
            self._starter.submit(server.stop).result()
        return answer


def _create_user(stock: Action, p: Parameters) -> Any:
    """AWS refuses an IAM user whose name is not its id, and one of Valkey without any lock."""
    from ministack.services import elasticache

    user, iam = elasticache._p(p, "UserId"), elasticache._p(p, "AuthenticationMode.Type") == "iam"
    if iam and elasticache._p(p, "UserName") != user:
        return elasticache._error(
            "InvalidParameterCombination",
            "a user that logs in with IAM has a user name that equals its user id",
            400,
        )
    answer = stock(p)
    if answer[0] == 200 and iam:
        elasticache._users[user]["Authentication"] = {"Type": "iam", "PasswordCount": 0}
        inner = elasticache._user_xml(elasticache._users[user])
        return elasticache._xml(
            200, "CreateUserResponse", f"<CreateUserResult>{inner}</CreateUserResult>"
        )
    return answer
