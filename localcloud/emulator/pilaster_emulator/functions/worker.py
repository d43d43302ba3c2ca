"""One function's process, from its start to its end: initialised once, called many times."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from pilaster_emulator.functions import runtime_api, sandbox
from pilaster_emulator.functions.call import Answer, Call, Outcome, exited, timed_out
from pilaster_emulator.functions.connections import Connections
from pilaster_emulator.functions.memory_limit import MemoryGroups
from pilaster_emulator.functions.runtime_api import RuntimeApi
from pilaster_emulator.functions.sandbox import Place, Sandbox
from pilaster_emulator.functions.specification import Specification

INIT_SECONDS = 10.0
"""What Lambda gives a process before its first call, beside the function's own timeout."""
_MOST_OUTPUT = 4 * 1024 * 1024

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a process is given besides its archive."""

    place: Place
    memory: MemoryGroups
    environment: dict[str, str]
    doors: dict[int, Connection]
    """The ports it may talk to, and who answers there."""


class Worker:
    """Belongs to one event loop; every method is called there."""

    def __init__(self, function: Specification, task: Path, surroundings: Surroundings) -> None:
        self.function = function
        self.started = time.monotonic()
        self.used = self.started
        self._task = task
        self._around = surroundings
        self._loop = asyncio.get_running_loop()
        self._api = RuntimeApi()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._servers: list[asyncio.Server] = []
        self._connections = Connections()
        self._output = bytearray()
        self._sandbox: Sandbox | None = None
        self._pid = 0
        self._cold = True

    @property
    def alive(self) -> bool:
        return not self._ended.done()

    async def call(self, call: Call) -> Outcome:
        """Call the handler; the first call also starts the process."""
        if not self._cold:
            return await self._invoke(call, "")
        try:
            failed = await self._start(call)
        except BaseException:
            self.kill()
            raise
        self._cold = False
        duration = f"\tInit Duration: {(time.monotonic() - self.started) * 1000:.2f} ms"
        if failed is not None:
            self.kill()
            return self._outcome(call, failed, time.monotonic(), duration)
        return await self._invoke(call, duration)

    def kill(self) -> None:
        """End it, now. What it leaves is cleared away when it has ended."""
        if self._sandbox is not None and self.alive:
            if self._pid and self._around.place.level == "namespaces":
                # The handler's process first: bubblewrap's then bury their dead and end. Killed at
                # once, they would leave that to the machine's init, which may be none.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)
                self._loop.call_later(0.5, self._sandbox.kill)
            else:
                self._sandbox.kill()
        for server in self._servers:
            server.close()
        self._servers.clear()

    async def ended(self) -> None:
        await asyncio.wait([self._ended])

    async def _start(self, call: Call) -> Answer | None:
        plain = self._around.place.level != "namespaces"
        environment = dict(self._around.environment)
        doors = {**self._around.doors, runtime_api.PORT: self._api.serve}
        if plain:
            server = await asyncio.start_server(
                self._connections.through(self._api.serve), "127.0.0.1", 0
            )
            self._servers.append(server)
            port = server.sockets[0].getsockname()[1]
            environment["AWS_LAMBDA_RUNTIME_API"] = f"127.0.0.1:{port}"
            doors = {**self._around.doors, port: self._api.serve}
        self._sandbox = sandbox.spawn(
            self._around.place, self.function, environment, self._task, ports=tuple(doors)
        )
        os.set_blocking(self._sandbox.output, False)
        self._loop.add_reader(self._sandbox.output, self._read_output)
        threading.Thread(target=self._wait, args=(self._sandbox,), daemon=True).start()
        seconds = INIT_SECONDS + self.function.timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                listeners = await self._booted(self._sandbox.channel)
                for listener, door in zip(listeners, doors.values(), strict=False):
                    self._servers.append(
                        await asyncio.start_server(self._connections.through(door), sock=listener)
                    )
                if self._pid:
                    name = str(self._sandbox.process.pid)
                    self._around.memory.limit(name, self._pid, self.function.memory_mib)
                with contextlib.suppress(OSError):
                    self._sandbox.channel.send(b"g")
                await asyncio.wait(
                    [self._api.initialised, self._ended], return_when=asyncio.FIRST_COMPLETED
                )
        except TimeoutError:
            return timed_out(call.request_id, seconds)
        finally:
            self._sandbox.channel.close()
        if self._api.initialised.done():
            return self._api.initialised.result()
        return exited(call.request_id, self._ended.result())

    async def _booted(self, channel: socket.socket) -> list[socket.socket]:
        """The sockets that the boot script listens on, in the function's own network."""
        channel.setblocking(False)
        arrived = self._loop.create_future()
        self._loop.add_reader(channel, lambda: arrived.done() or arrived.set_result(None))
        try:
            await asyncio.wait([arrived, self._ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._loop.remove_reader(channel)
        if not arrived.done():
            return []
        size = socket.CMSG_SPACE(16 * 4) + socket.CMSG_SPACE(12)
        _, controls, _, _ = channel.recvmsg(1, size)
        listeners: list[socket.socket] = []
        for _, kind, data in controls:
            if kind == socket.SCM_RIGHTS:
                count = len(data) // 4
                descriptors = struct.unpack(f"{count}i", data[: count * 4])
                listeners += [socket.socket(fileno=descriptor) for descriptor in descriptors]
            else:
                self._pid = struct.unpack("3i", data)[0]
        return listeners

    async def _invoke(self, call: Call, report: str) -> Outcome:
        started = time.monotonic()
        deadline = started + self.function.timeout_seconds
        answer = self._api.hand_over(call, deadline)
        await asyncio.wait(
            [answer, self._ended],
            timeout=self.function.timeout_seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if answer.done():
            result = answer.result()
        elif self._ended.done():
            result = exited(call.request_id, self._ended.result())
        else:
            result = timed_out(call.request_id, self.function.timeout_seconds)
            self.kill()
        self.used = time.monotonic()
        return self._outcome(call, result, started, report)

    def _outcome(self, call: Call, answer: Answer, started: float, report: str) -> Outcome:
        milliseconds = (time.monotonic() - started) * 1000
        self._read_output()
        printed = self._output.decode(errors="replace")
        self._output.clear()
        if answer.failed and answer.body.get("errorType") in (
            "Sandbox.Timedout",
            "Runtime.ExitError",
        ):
            printed = f"{printed}{answer.body['errorMessage']}\n"
        request = f"RequestId: {call.request_id}"
        log = (
            f"START {request} Version: {self.function.version}\n{printed}"
            f"{'' if printed.endswith(chr(10)) or not printed else chr(10)}END {request}\n"
            f"REPORT {request}\tDuration: {milliseconds:.2f} ms"
            f"\tBilled Duration: {int(milliseconds) + 1} ms"
            f"\tMemory Size: {self.function.memory_mib} MB"
            f"\tMax Memory Used: {self._peak_mib()} MB{report}\n"
        )
        return Outcome(body=answer.body, failed=answer.failed, log=log)

    def _peak_mib(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            for line in Path(f"/proc/{self._pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) // 1024 + 1
        return self.function.memory_mib

    def _read_output(self) -> None:
        """What was printed so far. A process prints before it answers: nothing is missed."""
        if self._sandbox is None:
            return
        with contextlib.suppress(BlockingIOError, OSError):
            while piece := os.read(self._sandbox.output, 1 << 16):
                if len(self._output) < _MOST_OUTPUT:
                    self._output += piece
            self._loop.remove_reader(self._sandbox.output)

    def _wait(self, started: Sandbox) -> None:
        """In a thread of its own: until the process ends, then clear away what it leaves."""
        status = started.process.wait()
        if started.private is not None:
            shutil.rmtree(started.private, ignore_errors=True)
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._has_ended, status)
        self._around.memory.release(str(started.process.pid))

    def _has_ended(self, status: int) -> None:
        if not self._ended.done():
            self._ended.set_result(status)
        self.kill()
        self._connections.end()
        # A call that waits for this process reads the last of its output when it learns of the end.
        self._loop.call_later(1.0, self._close_output)

    def _close_output(self) -> None:
        if self._sandbox is not None:
            self._loop.remove_reader(self._sandbox.output)
            os.close(self._sandbox.output)
            self._sandbox = None
