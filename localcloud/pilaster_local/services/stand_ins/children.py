"""Processes that end with the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PATIENCE = 15.0
_PR_SET_PDEATHSIG = 1


class Children:
    """Start them from the main thread: the kernel ends them with the thread they came from."""

    def __init__(self) -> None:
        self._known: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        cwd: Path,
    ) -> None:
        """Its output goes where ours goes."""
        self._known[name] = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def alive(self, name: str) -> bool:
        return self._known[name].poll() is None

    def ended(self) -> str | None:
        """The name of one that ended by itself."""
        return next((name for name in self._known if not self.alive(name)), None)

    def stop(self) -> None:
        """All of them; the last that was started goes first."""
        for name, child in reversed(self._known.items()):
            if child.poll() is None:
                # Under bubblewrap the server is a child of the child, and is told itself.
                for pid in (*_below(child.pid), child.pid):
                    _tell(pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
                try:
                    child.wait(timeout=_PATIENCE)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()


def _below(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(each) for each in text.split()]


def _tell(pid: int, word: signal.Signals) -> None:
    try:
        os.kill(pid, word)
    except ProcessLookupError:
        return


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
