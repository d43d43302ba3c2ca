"""`platform.json`: what was started, so that the next command finds it and stops no stranger."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pilaster_local.services.process import Process

EMULATOR = "emulator"
"""The name of the process that starts and ends the others."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is remembered between commands, and the ports between starts."""

    port: int | None = None
    database_port: int | None = None
    cache_port: int | None = None
    isolation: str = "none"
    instance: str = ""
    memory_group: str = ""
    """The control group functions' memory is held by: one that is killed cannot remove it."""
    processes: dict[str, Process] = field(default_factory=dict)


def read(path: Path) -> Record:
    """What was written down; an empty record where nothing was, or nothing that can be read."""
    try:
        values = json.loads(path.read_text())
        processes = {name: Process(**one) for name, one in values.pop("processes").items()}
        return Record(**values, processes=processes)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Record()


def write(path: Path, record: Record) -> None:
    """Replace it in one step: a reader sees the old record or the new one."""
    write_private(path, json.dumps(asdict(record), indent=1))


def write_private(path: Path, text: str) -> None:
    """Write a file for this user's eyes only, in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    beside.replace(path)
