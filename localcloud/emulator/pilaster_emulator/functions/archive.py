"""A function's archive, unpacked once per content and shared read-only by all its processes.

It is run as it came. /var/task is read-only here as on Lambda: an archive without bytecode is
compiled at every cold start, and is as slow to start here as it will be there.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import threading
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath

LIMIT_BYTES = 250 * 1024 * 1024


class ArchiveError(Exception):
    """The archive cannot be run."""


class Archives:
    """The folder of unpacked archives, by `CodeSha256`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "unpacked"
        self._store = folder / "files"
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def unpack(self, code: str, content: Callable[[], bytes]) -> Path:
        """The folder that becomes /var/task. In a process of its own: it takes its time."""
        name = _name(code)
        folder = self._folder / name
        with self._locks[name]:
            if not folder.exists():
                self._make(folder, content())
        return folder

    def sweep(self, in_use: Collection[str]) -> None:
        """Delete what no function runs any more, and what a crash left half-done."""
        kept = {_name(code) for code in in_use}
        if self._folder.exists():
            for entry in self._folder.iterdir():
                if entry.name not in kept:
                    shutil.rmtree(entry, ignore_errors=True)
                    if entry.is_file():
                        entry.unlink()
        if self._store.exists():
            for file in self._store.iterdir():
                if file.stat().st_nlink == 1:
                    file.unlink()

    def _make(self, folder: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        packed = folder.with_suffix(".zip")
        beside = folder.with_suffix(".making")
        shutil.rmtree(beside, ignore_errors=True)
        packed.write_bytes(content)
        try:
            done = subprocess.run(
                [sys.executable, "-I", __file__, str(packed), str(beside), str(self._store)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                reason = done.stderr.strip().rpartition("\n")[2]
                raise ArchiveError(f"the archive cannot be unpacked: {reason}")
            beside.rename(folder)
        finally:
            packed.unlink(missing_ok=True)
            shutil.rmtree(beside, ignore_errors=True)


def _name(code: str) -> str:
    return base64.b64decode(code).hex()[:32]


def unpack(packed: Path, folder: Path, store: Path) -> None:
    """Write every entry below `folder`, with its own mode, and nothing anywhere else.

    Files are links into `store`, by content: archives share most of theirs, and so this machine
    keeps (on disk and in its cache) one boto3 and not one per function.
    """
    folder.mkdir(mode=0o755, parents=True)
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    with zipfile.ZipFile(packed) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if sum(entry.file_size for entry in entries) > LIMIT_BYTES:
            raise ArchiveError("unzipped size must be smaller than 262144000 bytes")
        for entry in entries:
            mode = entry.external_attr >> 16
            if stat.S_ISLNK(mode):
                raise ArchiveError(f"{entry.filename!r} is a symbolic link")
            name = PurePosixPath(entry.filename)
            if name.is_absolute() or ".." in name.parts:
                raise ArchiveError(f"{entry.filename!r} leads out of the archive")
            _place(archive.read(entry), 0o555 if mode & 0o111 else 0o444, folder / name, store)


def _place(content: bytes, mode: int, target: Path, store: Path) -> None:
    kept = store / f"{hashlib.sha256(content).hexdigest()}-{mode:o}"
    if not kept.exists():
        beside = kept.with_suffix(f".{os.getpid()}")
        beside.write_bytes(content)
        beside.chmod(mode)
        beside.rename(kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    os.link(kept, target)


if __name__ == "__main__":
    os.umask(0o022)
    unpack(*map(Path, sys.argv[1:]))
