"""Connections of a function's process: whoever waits in one ends with it, and without a word."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
from typing import Any

from pilaster_local.services import environment

# By its file: its package wants what only the emulator's own environment has.
_file = environment.PROJECT / "pilaster_emulator/functions/connections.py"
_spec = importlib.util.spec_from_file_location("connections_of_the_emulator", _file)
assert _spec
assert _spec.loader
connections = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(connections)


class Line:
    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def complaints(work: Any) -> list[str]:
    """What asyncio would have written into the log."""
    said: list[str] = []

    async def listened() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, what: said.append(what["message"]))
        await work()
        gc.collect()

    asyncio.run(listened())
    return said


def test_whoever_waits_for_a_call_that_never_comes_ends_with_the_process():
    line = Line()

    async def waits(reader: Any, writer: Any) -> None:
        await asyncio.get_running_loop().create_future()

    async def work() -> None:
        served = connections.Connections()
        task = asyncio.ensure_future(served.through(waits)(None, line))
        await asyncio.sleep(0)
        served.end()
        await asyncio.wait([task], timeout=5)
        assert task.done()
        assert not task.cancelled(), "Python 3.11 takes a cancelled one for a failure"
        late = Line()
        await served.through(waits)(None, late)
        assert late.closed == 1, "nobody is served after the end"

    assert complaints(work) == []
    assert line.closed == 1


def test_without_an_end_asyncio_complains_of_it():
    """What the test above would miss is seen here: a task that is collected while it waits."""

    async def work() -> None:
        async def waits() -> None:
            await asyncio.get_running_loop().create_future()

        asyncio.get_running_loop().create_task(waits())
        await asyncio.sleep(0)

    assert complaints(work) == ["Task was destroyed but it is pending!"]


def test_what_is_answered_is_no_longer_known():
    async def answers(reader: Any, writer: Any) -> None:
        writer.close()

    async def work() -> None:
        served, line = connections.Connections(), Line()
        await served.through(answers)(None, line)
        served.end()
        assert line.closed == 1

    assert complaints(work) == []
