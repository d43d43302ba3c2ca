"""How far this machine's kernel keeps a function apart from everything else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Literal

from pilaster_emulator.functions import landlock, seccomp

Level = Literal["namespaces", "landlock", "none"]


def choose(asked: Level | None) -> Level:
    """The strongest level that works here, or a weaker one that was asked for."""
    if asked is None and namespaces_work():
        return "namespaces"
    return "landlock" if asked != "none" and _landlock_holds() else "none"


def _landlock_holds() -> bool:
    """Files alone are not enough: who reaches the machine's own door is root of the emulator, and
    who reaches a database's socket is its superuser."""
    return landlock.version() >= landlock.HOLDS_TCP and seccomp.works()


def namespaces_work() -> bool:
    """Whether bubblewrap is here and the kernel lets it."""
    bwrap = shutil.which("bwrap")
    if bwrap is None or not sys.platform.startswith("linux"):
        return False
    command = [bwrap, "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"]
    view = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"]
    try:
        return subprocess.run([*command, *view], capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
