"""Where everything of the local cloud lies: below `.pilaster/` of the project, and nowhere else."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

_SOCKET_PATH_LIMIT = 107
_LONGEST_SOCKET_NAME = 48


@dataclass(frozen=True)
class Folders:
    """The paths of one project's local cloud."""

    root: Path

    @property
    def environment(self) -> Path:
        """The emulator's own Python environment: outlives a purge, it holds no data."""
        return self.root / ".pilaster" / "emulator"

    @property
    def runtime(self) -> Path:
        """The files functions run with (interpreter and runtime): outlives a purge."""
        return self.root / ".pilaster" / "runtime"

    @property
    def local(self) -> Path:
        return self.root / ".pilaster" / "local"

    @property
    def record(self) -> Path:
        return self.local / "platform.json"

    @property
    def lock(self) -> Path:
        """Beside `local`, so that a purge can hold it while it deletes that folder."""
        return self.root / ".pilaster" / "platform.lock"

    @property
    def settings(self) -> Path:
        return self.local / "emulator.json"

    @property
    def emulator(self) -> Path:
        return self.local / "emulator"

    @property
    def functions(self) -> Path:
        return self.local / "functions"

    @property
    def postgres(self) -> Path:
        return self.local / "postgres"

    @property
    def authority(self) -> Path:
        return self.local / "authority"

    @property
    def logs(self) -> Path:
        return self.local / "logs"

    @property
    def temporary(self) -> Path:
        return self.local / "tmp"

    @property
    def sockets(self) -> Path:
        """Unix sockets. A path may have 107 bytes: a deep project gets a short folder elsewhere."""
        near = self.local / "run"
        if len(os.fsencode(near)) + _LONGEST_SOCKET_NAME <= _SOCKET_PATH_LIMIT:
            return near
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"pilaster-{os.getuid()}-{digest}"

    def make(self) -> None:
        """Make what a start needs, readable by this user alone."""
        for folder in (
            self.local,
            self.emulator,
            self.functions,
            self.postgres,
            self.authority,
            self.logs,
            self.temporary,
            self.sockets,
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_uid != os.getuid():
                raise PermissionError(f"{folder} is somebody else's: remove it, then start again")
            folder.chmod(0o700)
