"""Ending what was written down when the local cloud started, and clearing away what it leaves."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

from pilaster_local.services import process, record
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.folders import Folders
from pilaster_local.services.record import EMULATOR, Record

_PATIENCE = 20.0


def end(folders: Folders, known: Record) -> list[str]:
    """Stop the emulator first: it stops the others and saves its state. The names of what ran."""
    stopped = []
    emulator = {name: one for name, one in known.processes.items() if name == EMULATOR}
    for name, one in {**emulator, **known.processes}.items():
        try:
            if process.stop(one, patience=_PATIENCE):
                stopped.append(name)
        except (TimeoutError, PermissionError) as error:
            raise PlatformError(
                f"{name} (process {one.pid}) of the local cloud could not be stopped: {error}; "
                "end that process, then do this again"
            ) from error
    for folder in (folders.sockets, folders.temporary):
        shutil.rmtree(folder, ignore_errors=True)
    if known.memory_group:
        _remove_groups(Path(known.memory_group))
    if known.processes or known.memory_group:
        record.write(folders.record, replace(known, processes={}, memory_group=""))
    return stopped


def _remove_groups(folder: Path) -> None:
    """A killed emulator leaves its control groups; one that was stopped has removed them."""
    if not folder.is_dir():
        return
    for group in [*(path for path in folder.iterdir() if path.is_dir()), folder]:
        for _ in range(50):
            try:
                group.rmdir()
                break
            except FileNotFoundError:
                break
            except OSError:
                # Its last process has been killed and not yet been buried.
                time.sleep(0.01)
