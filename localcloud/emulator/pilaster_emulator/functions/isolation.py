"""How far this machine's kernel keeps a function apart from everything else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Literal

from pilaster_emulator.functions import landlock

Level = Literal["namespaces", "landlock", "none"]


def best() -> Level:
    """The strongest level that works here: tried, not guessed from a version."""
    if namespaces_work():
        return "namespaces"
    return "landlock" if landlock.version() > 0 else "none"


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
