"""What is remembered between commands of a stack that is for this machine, and where it lies."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ClassVar

from pilaster_local.services import ports
from pilaster_local.services.process import Process
from pilaster_local.services.record import write_private

_LONGEST_FOLDER = 80
"""Leaves room for a socket's own name."""


@dataclass(frozen=True)
class Places:
    """The folders of one stack's stand-ins, below `.pilaster/` of the project."""

    cloud: ClassVar[str]
    """As people call it."""
    short: ClassVar[str]
    """As its folder is called."""

    root: Path
    stack: str

    @property
    def folder(self) -> Path:
        return self.root.resolve() / ".pilaster" / self.short / self.stack

    @property
    def record(self) -> Path:
        return self.folder / "record.json"

    @property
    def settings(self) -> Path:
        """What the process that serves is told; holds passwords, for this user's eyes only."""
        return self.folder / "settings.json"

    @property
    def authority(self) -> Path:
        return self.folder / "authority"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def sockets(self) -> Path:
        """Unix sockets. A path may have 107 bytes: a deep project gets a short folder elsewhere."""
        if len(os.fsencode(self.postgres)) <= _LONGEST_FOLDER:
            return self.postgres
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"pilaster-{os.getuid()}-{digest}"

    @property
    def functions(self) -> Path:
        return self.folder / "functions"

    @property
    def secrets(self) -> Path:
        """Values of secrets, each in a file for this user's eyes only."""
        return self.folder / "secrets"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.short}.log"

    def make(self) -> None:
        for each in (self.folder, self.authority, self.postgres, self.functions, self.sockets):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            if each.stat().st_uid != os.getuid():
                raise PermissionError(f"{each} is somebody else's: remove it, then start again")


@dataclass
class Record:
    """Ports by what listens there, and the process that starts and ends the others."""

    ports: dict[str, int] = field(default_factory=dict)
    process: Process | None = None
    told: str = ""
    """A digest of what that process was told: what changed needs a new one."""

    def port(self, of: str) -> int:
        """Where that listens: chosen once, and the same at the next start, so that what a client
        noted down stays right."""
        if of not in self.ports:
            self.ports[of] = ports.choose(taken=tuple(self.ports.values()))
        return self.ports[of]


def read(places: Places) -> Record:
    """What was written down; an empty record where nothing was, or nothing that can be read."""
    try:
        found = json.loads(places.record.read_text())
        process = Process(**found["process"]) if found["process"] else None
        return Record(ports=found["ports"], process=process, told=found["told"])
    except (OSError, ValueError, TypeError, KeyError):
        return Record()


def write(places: Places, record: Record) -> None:
    places.make()
    write_private(places.record, json.dumps(asdict(record), indent=1))


def claimed(places: Places, record: Record, of: str) -> int:
    """The port of that, written down as soon as it is chosen."""
    if of not in record.ports:
        record.port(of)
        write(places, record)
    return record.ports[of]


def drawn(places: Places, of: str) -> str:
    """A secret drawn once, for this user's eyes only."""
    file = places.folder / f"drawn-{hashlib.sha256(of.encode()).hexdigest()[:16]}"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32))
    return file.read_text()
