"""A function's memory, held by a control group where this user may make one (in general: root).

Elsewhere nothing holds it, and the platform's status says so. `RLIMIT_AS` and its like count what a
process reserves, not what it uses: numpy and threads would fail at sizes Lambda gives them.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_MIB = 1024 * 1024


class MemoryGroups:
    """The control groups of one emulator."""

    def __init__(self, name: str) -> None:
        self._folder: Path | None = None
        self._file = ""
        for parent, file in ((_ROOT / "memory", "memory.limit_in_bytes"), (_ROOT, "memory.max")):
            folder = parent / f"pilaster-{name}"
            # What a killed emulator left: its processes have ended with it.
            _remove_all(folder)
            if self._try(folder, file):
                self._folder, self._file = folder, file
                break

    @property
    def works(self) -> bool:
        return self._folder is not None

    @property
    def folder(self) -> Path | None:
        """The group around those of all functions."""
        return self._folder

    def limit(self, name: str, pid: int, mebibytes: int) -> None:
        """Put this process, and all it will start, under a limit of its own."""
        if self._folder is not None:
            group = self._folder / name
            group.mkdir(parents=True, exist_ok=True)
            (group / self._file).write_text(str(mebibytes * _MIB))
            (group / "cgroup.procs").write_text(str(pid))

    def release(self, name: str) -> None:
        """Remove the group of a process that has ended."""
        if self._folder is not None:
            _remove(self._folder / name)

    def close(self) -> None:
        """Remove them all, once their processes have ended."""
        if self._folder is not None:
            _remove_all(self._folder)

    def _try(self, folder: Path, file: str) -> bool:
        if not os.access(folder.parent, os.W_OK) or not (folder.parent / "cgroup.procs").exists():
            return False
        try:
            folder.mkdir(exist_ok=True)
            if file == "memory.max":
                (folder / "cgroup.subtree_control").write_text("+memory")
            probe = folder / "probe"
            probe.mkdir(exist_ok=True)
            usable = (probe / file).exists()
            probe.rmdir()
        except OSError:
            usable = False
        if not usable:
            with contextlib.suppress(OSError):
                folder.rmdir()
        return usable


def _remove_all(folder: Path) -> None:
    if folder.exists():
        for group in [*(path for path in folder.iterdir() if path.is_dir()), folder]:
            _remove(group)


def _remove(group: Path) -> None:
    for _ in range(50):
        try:
            group.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            # Its last process has been killed and not yet been buried.
            time.sleep(0.01)
