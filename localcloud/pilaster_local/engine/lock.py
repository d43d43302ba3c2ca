"""One run at a time on a stack: a file lock that the kernel lets go when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pilaster_local.engine.errors import LockedError


@contextmanager
def locked(path: Path, *, doing: str) -> Iterator[None]:
    """Hold the lock at `path`, or say who does.

    The file stays behind on purpose: removing it would let a third process lock a new file of the
    same name while the second still holds the old one.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(_holder(path)) from None
        note = {"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S"), "doing": doing}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(note).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _holder(path: Path) -> str:
    try:
        note = json.loads(path.read_text())
        who = f"process {note['pid']} ({note['doing']}, since {note['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"
    return f"{who} is working on this stack ({path.stem}); wait for it to finish, or end it"
