"""The lock of a stack."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from pilaster_local.engine.errors import LockedError
from pilaster_local.engine.lock import locked


def test_the_second_is_told_who_was_first(tmp_path: Path) -> None:
    path = tmp_path / "dev.lock"
    first = locked(path, doing="up")
    told = rf"process {os.getpid()} \(up, since .*\(dev\)"
    with first, pytest.raises(LockedError, match=told), locked(path, doing="destroy"):
        raise AssertionError("two at once")
    with locked(path, doing="destroy"):
        pass


def test_the_lock_of_the_dead_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "dev.lock"
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with locked(path, doing="up"):
            os.write(tell, b"x")
            signal.pause()
    os.read(ready, 1)
    with pytest.raises(LockedError, match=f"process {child} "), locked(path, doing="up"):
        raise AssertionError("two at once")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with locked(path, doing="up"):
        pass
