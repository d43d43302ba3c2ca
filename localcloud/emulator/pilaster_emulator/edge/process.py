"""The edge's process, as the emulator sees it: told a line, it answers with one.

It reads what it is told from its standard input and ends where that does, so that even a killed
emulator leaves no edge behind.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from pilaster_emulator.settings import Settings

log = logging.getLogger("pilaster.edge")

_PROGRAM = Path(__file__).resolve().parent.parent.parent / "edge.py"
_PATIENCE_SECONDS = 20.0


class EdgeError(RuntimeError):
    """The edge did not do what it was told."""


class Process:
    """The edge's process; started when there is a distribution."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        # Who revives it and who deploys may both find it dead: one of them starts it.
        self._lock = threading.RLock()

    @property
    def pid(self) -> int:
        return self._child.pid if self.running and self._child else 0

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def died(self) -> bool:
        """Whether it was started, and ended without being told to."""
        return self._child is not None and self._child.poll() is not None

    def start(self) -> None:
        with self._lock:
            if not self.running:
                self._start()

    def _start(self) -> None:
        log_file = os.open(
            self._settings.logs / "edge.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
        )
        try:
            self._child = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    str(_PROGRAM),
                    self._settings.endpoint,
                    str(self._settings.objects),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_file,
                env={"PATH": "/usr/bin:/bin"},
                cwd=self._settings.logs,
            )
        finally:
            os.close(log_file)

    def tell(self, message: dict[str, Any]) -> dict[str, Any]:
        """What it answers. Raises EdgeError where it does not answer, or cannot do it."""
        with self._lock:
            child = self._child
            if child is None or child.stdin is None or child.stdout is None:
                raise EdgeError("the edge does not run")
            try:
                child.stdin.write(json.dumps(message).encode() + b"\n")
                child.stdin.flush()
                line = child.stdout.readline() if _speaks(child.stdout) else b""
                answer: dict[str, Any] = json.loads(line) if line else {}
            except (OSError, ValueError) as error:
                # A pipe that was closed meanwhile, or half a line: it is started anew.
                self._end(child)
                raise EdgeError(f"the edge went away: {error}") from error
            if not line:
                # What is said late would be taken for the next answer.
                self._end(child)
                raise EdgeError("the edge did not answer: its log says why")
        if "error" in answer:
            raise EdgeError(answer["error"])
        return answer

    def stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            self._end(child)

    @staticmethod
    def _end(child: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(OSError):
            if child.stdin is not None:
                child.stdin.close()
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _speaks(output: IO[bytes]) -> bool:
    """Whether something comes in time. Not by `select`, which takes no descriptor beyond 1,023."""
    poll = select.poll()
    poll.register(output, select.POLLIN)
    return bool(poll.poll(_PATIENCE_SECONDS * 1000))
