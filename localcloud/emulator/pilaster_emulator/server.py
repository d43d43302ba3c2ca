"""The emulator's process: install the patches, serve on loopback, save the state, end cleanly."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import sys
import tempfile
from pathlib import Path

from pilaster_emulator import settings as settings_file
from pilaster_emulator.settings import Settings


def main(path: Path) -> None:
    settings = settings_file.read(path)
    settings_file.tell_ministack(settings)
    tempfile.tempdir = str(settings.temporary)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    from pilaster_emulator.gate import Gate
    from pilaster_emulator.memory import Memory

    memory = Memory(settings)
    config = Config()
    config.bind = [f"127.0.0.1:{settings.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "INFO"
    logging.getLogger("hypercorn.access").setLevel(logging.WARNING)

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for word in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(word, stopping.set)
    saver = loop.create_task(memory.save_while_it_changes())
    try:
        await serve(Gate(app, settings, memory), config, shutdown_trigger=stopping.wait)
    finally:
        saver.cancel()
    memory.close()
    logging.getLogger("pilaster").info("stopped")
    sys.stdout.flush()
