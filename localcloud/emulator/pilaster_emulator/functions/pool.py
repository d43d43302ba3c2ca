"""The processes of all functions: found warm, started cold, ended when their function changes."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from pilaster_emulator.functions.call import Call, Outcome
from pilaster_emulator.functions.specification import Specification
from pilaster_emulator.functions.worker import Surroundings, Worker

T = TypeVar("T")

_IDLE_SECONDS = 600.0
_OLDEST_SECONDS = 5 * 3600.0
"""A process keeps the credentials it was started with; they live longer than this."""
_SWEEP_SECONDS = 30.0


class Pool:
    """Owns an event loop in a thread that lives as long as the emulator."""

    def __init__(
        self,
        unpack: Callable[[Specification, Callable[[], bytes]], Path],
        surroundings: Callable[[Specification], Surroundings],
    ) -> None:
        self._unpack = unpack
        self._surroundings = surroundings
        self._idle: defaultdict[str, list[Worker]] = defaultdict(list)
        self._all: set[Worker] = set()
        self.loop = asyncio.new_event_loop()
        run = self.loop.run_forever
        self._thread = threading.Thread(target=run, name="functions", daemon=True)
        self._thread.start()
        self.loop.call_soon_threadsafe(self._sweep_later)

    def invoke(self, function: Specification, content: Callable[[], bytes], call: Call) -> Outcome:
        """Call the function in a process of its own; `content` is read if it is not unpacked."""
        task = self._unpack(function, content)
        around = self._surroundings(function)
        return self.run(self._invoke(function, task, around, call))

    def forget(self, name: str) -> None:
        """The function changed or is gone: end its processes; a call in flight is let finish."""
        self.loop.call_soon_threadsafe(self._forget, name)

    def reset(self) -> None:
        """End every process."""
        self.run(self._end_all())

    def close(self) -> None:
        """End every process and the loop itself."""
        with contextlib.suppress(concurrent.futures.TimeoutError):
            asyncio.run_coroutine_threadsafe(self._end_all(), self.loop).result(timeout=5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=5)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the loop, from any other thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def count(self) -> int:
        return len(self._all)

    async def _invoke(
        self, function: Specification, task: Path, around: Surroundings, call: Call
    ) -> Outcome:
        worker = self._take(function) or Worker(function, task, around)
        self._all.add(worker)
        healthy = False
        try:
            outcome = await worker.call(call)
            healthy = worker.alive and not _is_fatal(outcome)
            return outcome
        finally:
            if healthy and worker in self._all:
                self._idle[function.key].append(worker)
            else:
                self._drop(worker)

    def _take(self, function: Specification) -> Worker | None:
        """A process that waits for a call of exactly this function, the last one used."""
        for key in [key for key, idle in self._idle.items() if key != function.key and idle]:
            other = self._idle[key][0].function
            if (other.arn, other.version) == (function.arn, function.version):
                for worker in self._idle.pop(key):
                    self._drop(worker)
        idle = self._idle[function.key]
        while idle:
            worker = idle.pop()
            if worker.alive:
                return worker
            self._drop(worker)
        return None

    def _drop(self, worker: Worker) -> None:
        self._all.discard(worker)
        worker.kill()

    def _forget(self, name: str) -> None:
        for key in [key for key, idle in self._idle.items() if idle]:
            if self._idle[key][0].function.name == name:
                for worker in self._idle.pop(key):
                    self._drop(worker)
        # Those in a call are not idle: no longer known, they end when they have answered.
        self._all -= {worker for worker in self._all if worker.function.name == name}

    async def _end_all(self) -> None:
        workers = list(self._all)
        self._idle.clear()
        self._all.clear()
        for worker in workers:
            worker.kill()
        for worker in workers:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await worker.ended()

    def _sweep_later(self) -> None:
        now = time.monotonic()
        for idle in self._idle.values():
            for worker in list(idle):
                old = now - worker.used > _IDLE_SECONDS or now - worker.started > _OLDEST_SECONDS
                if old or not worker.alive:
                    idle.remove(worker)
                    self._drop(worker)
        self.loop.call_later(_SWEEP_SECONDS, self._sweep_later)


def _is_fatal(outcome: Outcome) -> bool:
    """After these the process is not used again, as on Lambda."""
    kinds = ("Sandbox.Timedout", "Runtime.ExitError")
    return outcome.failed and outcome.body.get("errorType") in kinds
