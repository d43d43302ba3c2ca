"""Whose CPU time it was: of the processes of a deployed platform, by what they do."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from pathlib import Path
from typing import Protocol

import psutil

from tests.support.deployed import Deployed

FUNCTION = "AWS_LAMBDA_FUNCTION_NAME"
PREFIX = "pilaster-local-documents-"
"""Of every function's name."""
SERVERS = {"bwrap": "sandboxes", "postgres": "database", "valkey-server": "cache"}
READERS = ("pipeline-preprocess", "pipeline-read")
"""The functions between a picture and its words."""


def cpu_of(system: Deployed) -> dict[str, float]:
    """Seconds by what a process does: of the platform's processes and all they started. A function
    is called by its name; what has ended counts for who started it.
    """
    spent: defaultdict[str, float] = defaultdict(float)
    for process in _processes(system):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            ended = times.children_user + times.children_system
            spent[_task(process)] += times.user + times.system + ended
    return spent


def since(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What was spent between two looks, the most first."""
    spent = {task: seconds - before.get(task, 0.0) for task, seconds in after.items()}
    return dict(sorted(spent.items(), key=lambda each: -each[1]))


def _processes(system: Deployed) -> set[psutil.Process]:
    found: set[psutil.Process] = set()
    for pid in system.status["processes"].values():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            found |= {process, *process.children(recursive=True)}
    return found


class _Told(Protocol):
    """What a process says of itself, as psutil.Process tells it."""

    def cmdline(self) -> list[str]: ...

    def environ(self) -> dict[str, str]: ...


def _task(process: _Told) -> str:
    """What a process is for: a function's says it in its environment, its sandbox does not."""
    if function := process.environ().get(FUNCTION):
        return function.removeprefix(PREFIX)
    # A database's children call themselves "postgres: writer" and the like.
    names = {Path(word.partition(":")[0]).name for word in process.cmdline()}
    for name, task in (
        ("bwrap", "sandboxes"),
        ("postgres", "database"),
        ("valkey-server", "cache"),
    ):
        if name in names:
            return task
    return "emulator"
