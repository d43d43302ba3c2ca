"""Whose CPU time it was: of the processes of a deployed platform, by what they do."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from pathlib import Path

import psutil

from tests.support.deployed import Deployed

FUNCTIONS = "/functions/code/unpacked/"
"""In the command line of a function's process, before the name of its unpacked archive."""
READERS = ("preprocess", "read")
STEPS = ("classify", *READERS, "interpret", "save")


def cpu_of(system: Deployed) -> dict[str, float]:
    """Seconds by what a process does: of the platform's processes and all they started that still
    run. Functions stay warm.
    """
    spent: defaultdict[str, float] = defaultdict(float)
    for process in _processes(system):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent[_task(_commands(process))] += times.user + times.system
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


def _commands(process: psutil.Process) -> list[str]:
    """Its own command line and those it was started by: of a function's interpreter, which sees
    its archive as /var/task, only the sandbox around it says which archive that is.
    """
    return [word for each in (process, *process.parents()[:2]) for word in each.cmdline()]


def _task(command: list[str]) -> str:
    """What a process is for: a function is known by the entry point in its archive."""
    for word in command:
        if FUNCTIONS in word:
            steps = {file.stem for file in Path(word).glob("lambdas/documents/aws/steps/*.py")}
            return next((step for step in STEPS if step in steps), "other functions")
    # A database's children call themselves "postgres: writer" and the like.
    names = {Path(word.partition(":")[0]).name for word in command}
    if "postgres" in names:
        return "database"
    return "cache" if "valkey-server" in names else "emulator"
