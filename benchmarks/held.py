"""Processes held to what a memory size gives on Lambda: that memory, and its share of a CPU."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MIB_OF_ONE_CPU = 1769
"""From which size on Lambda gives a whole one."""
_ROOT = Path("/sys/fs/cgroup")
_PERIOD = 100_000
"""Microseconds."""


@contextmanager
def held(mebibytes: int) -> Iterator[Callable[[], None] | None]:
    """What a process does first to be held, with all that it starts. None where nobody may do that:
    control groups are root's."""
    quota = int(min(1.0, mebibytes / MIB_OF_ONE_CPU) * _PERIOD)
    size = mebibytes * 1024 * 1024
    name = f"pilaster-benchmark-{os.getpid()}"
    if (_ROOT / "cpu" / "cpu.cfs_quota_us").exists():
        settings = {
            _ROOT / "cpu" / name: {"cpu.cfs_period_us": _PERIOD, "cpu.cfs_quota_us": quota},
            _ROOT / "memory" / name: {"memory.limit_in_bytes": size},
        }
    else:
        settings = {_ROOT / name: {"cpu.max": f"{quota} {_PERIOD}", "memory.max": size}}
    try:
        for folder, files in settings.items():
            folder.mkdir(exist_ok=True)
            for file, value in files.items():
                (folder / file).write_text(str(value))
    except OSError:
        yield None
    else:
        yield lambda: _join(list(settings))
    finally:
        for folder in settings:
            _remove(folder)


def _join(folders: list[Path]) -> None:
    for folder in folders:
        (folder / "cgroup.procs").write_text("0")


def _remove(folder: Path) -> None:
    for _ in range(100):
        with suppress(FileNotFoundError):
            try:
                folder.rmdir()
            except OSError:
                time.sleep(0.05)  # its last process is not yet buried
                continue
        return
