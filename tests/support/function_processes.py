"""The processes in which the local cloud runs a deployed function, found to be killed or held."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.deployed import Deployed


def kill_next(system: Deployed, function: str, seconds: float = 60) -> None:
    """SIGKILL to the process of the function's next call, which starts cold: those that are idle
    end first. Raises AssertionError where nobody calls it in that time."""
    emulator = system.platform.processes["emulator"]
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := processes(emulator, function)) and all(map(_kill, found)):
            return
        time.sleep(0.01)
    raise AssertionError(f"{function} was not called within {seconds} s")


def end_idle(system: Deployed, function: str) -> None:
    """Those that wait for a call: the next one starts another."""
    for each in processes(system.platform.processes["emulator"], function):
        _kill(each)
    time.sleep(0.5)  # the pool hears of it


@contextmanager
def held(system: Deployed, function: str) -> Iterator[None]:
    """Those that wait for a call stand still: it goes to one of them, and is not answered until the
    block ends. Raises AssertionError where none waits, since a new one would be started."""
    found = processes(system.platform.processes["emulator"], function)
    assert found, f"{function} was not called before"
    for each in found:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in found:  # which may have ended with the platform
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGCONT)


def processes(emulator: int, function: str) -> list[int]:
    """Of that function, below that emulator: others on this machine have functions of that name."""
    variable = f"AWS_LAMBDA_FUNCTION_NAME={function}".encode()
    return [
        pid
        for pid in (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())
        if variable in _environment(pid) and _descends(pid, emulator)
    ]


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _descends(pid: int, from_: int) -> bool:
    while pid > 1 and pid != from_:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return pid == from_


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
