"""Processes that outlive the command: started apart, known by pid *and* start time.

A pid alone is no identity: after a restart of the machine it may be a stranger's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process of ours, as written down when it was started."""

    pid: int
    started: str
    """When, in the system's own words; opaque, compared for equality."""


def started_at(pid: int) -> str | None:
    """When the process of this pid started, or None if there is none that still runs."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
    else:
        state, threads = fields[0], int(fields[17])
        # Its first thread may have ended before the others: until then its ports are taken.
        if state in ("Z", "X") and threads <= 1:
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{fields[19]}"
    # No /proc (macOS): `ps` knows to the second.
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def identify(pid: int) -> Process | None:
    """The process of this pid, to be remembered."""
    started = started_at(pid)
    return Process(pid, started) if started else None


def is_alive(process: Process) -> bool:
    """Whether it still runs, and is not a stranger with its pid."""
    return started_at(process.pid) == process.started


def spawn(
    command: Sequence[str], *, environment: Mapping[str, str], cwd: Path, log: Path
) -> subprocess.Popen[bytes]:
    """Start it in a session of its own: neither Ctrl-C nor the command's end may end it."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            command,
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)


def stop(process: Process, *, patience: float) -> bool:
    """Ask it to end, and after `patience` seconds make it. False: it ran no more."""
    if not is_alive(process):
        return False
    for word, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        try:
            os.kill(process.pid, word)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not is_alive(process):
                _reap(process.pid)
                return True
            time.sleep(0.01)
    raise TimeoutError(f"process {process.pid} does not end, not even by SIGKILL")


def _reap(pid: int) -> None:
    """Collect it if it is a child of this very process; otherwise somebody else does."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
