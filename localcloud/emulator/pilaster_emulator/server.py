"""The emulator's process: install the patches, serve on loopback, save the state, end cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from pilaster_emulator import settings as settings_file
from pilaster_emulator.memory import Memory
from pilaster_emulator.settings import Settings

log = logging.getLogger("pilaster")


def main(path: Path) -> None:
    settings = settings_file.read(path)
    settings_file.tell_ministack(settings)
    tempfile.tempdir = str(settings.temporary)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    from ministack.app import app

    from pilaster_emulator import (
        accounts,
        deliveries,
        executions,
        listening,
        machines,
        mail,
        queries,
        queue_addresses,
        queues,
        restarts,
        streams,
    )
    from pilaster_emulator.apis import front, sockets
    from pilaster_emulator.caches import Caches
    from pilaster_emulator.databases import Databases
    from pilaster_emulator.distributions import Distributions
    from pilaster_emulator.edge import objects
    from pilaster_emulator.functions import log_streams
    from pilaster_emulator.functions.runner import Runner
    from pilaster_emulator.gate import Gate
    from pilaster_emulator.recording import Recording

    memory = Memory(settings)
    recording = Recording(settings.emulator)
    recording.install()
    runner = Runner(settings)
    runner.install()
    databases = Databases(settings, runner)
    databases.install()
    caches = Caches(settings, runner)
    caches.install()
    distributions = Distributions(settings, memory.renew)
    distributions.install()
    machines.install()
    executions.install()
    log_streams.install()
    deliveries.install()
    streams.install()
    queue_addresses.install()
    front.install()
    sockets.install()
    mail.install()
    accounts.install()
    queues.install()
    queries.install()

    def status() -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "instance": memory.instance,
            "isolation": runner.level,
            "memory_limited": runner.memory.works,
            "memory_group": str(runner.memory.folder or ""),
            "function_processes": runner.pool.count(),
            "processes": {
                **databases.processes(),
                **caches.processes(),
                **distributions.processes(),
            },
        }

    def snapshot() -> dict[str, Any] | None:
        return {"saved": True} if memory.save() else None

    door: dict[str, Any] = {
        "inner": app,
        "ports": (settings.port, *runner.side_ports.values()),
        "owner": runner.credentials.owner,
        "controls": {
            ("GET", "status"): status,
            ("GET", "mailbox"): lambda: {"messages": mail.messages()},
            ("GET", "calls"): recording.answer,
            ("GET", "model"): runner.model.status,
            ("GET", "resumed"): lambda: {"executions": restarts.interruptions()},
            ("POST", "mailbox/shut"): lambda: mail.shut(True),
            ("POST", "mailbox/open"): lambda: mail.shut(False),
            ("POST", "snapshot"): snapshot,
        },
        "changed": memory.changed,
        "new_code": runner.unpack_new,
    }
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for word in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(word, stopping.set)
    saver = loop.create_task(memory.save_while_it_changes())

    async def serve(app: Any, address: str) -> None:
        await listening.listen(app, address, stopping.wait, largest_message=sockets.LARGEST_BYTES)

    gates = [
        loop.create_task(serve(Gate(**door, side=side), listening.unix(settings.gate(side))))
        for side in ("inside", "outside")
    ]
    gates.append(loop.create_task(serve(objects.application, listening.unix(settings.objects))))
    memory.when_loaded(
        runner.sweep,
        databases.restore,
        caches.restore,
        distributions.restore,
        streams.resume,
        restarts.resume,
    )
    try:
        await databases.listen()
        await caches.listen()
        await serve(Gate(**door), f"127.0.0.1:{settings.port}")
    finally:
        stopping.set()
        saver.cancel()
        await asyncio.to_thread(runner.close)
        await asyncio.to_thread(databases.close)
        await asyncio.to_thread(caches.close)
        await asyncio.to_thread(distributions.close)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*gates, return_exceptions=True)
    recording.keep()
    memory.close()
    log.info("stopped")
    sys.stdout.flush()
