"""Start and stop the process that serves a stack here: what runs is what it was told."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pilaster_local.services import ports, process
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.record import write_private
from pilaster_local.services.stand_ins import record
from pilaster_local.services.stand_ins.record import Places, Record

_PATIENCE = 120.0
_PATIENCE_TO_STOP = 40.0
Say = Callable[[str], None]


def start(
    places: Places,
    known: Record,
    told: Mapping[str, Any],
    *,
    module: str,
    answering: Sequence[int],
    what: str,
    say: Say,
) -> dict[str, int]:
    """Run `module` with what it is `told`, and wait until all ports of `answering` do; ports by
    what listens there. What runs already and was told the same is left alone.

    Raises PlatformError, with the end of the log, where it does not come up.
    """
    text = json.dumps(told, indent=1, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if known.process and process.is_alive(known.process) and known.told == digest:
        return known.ports
    if known.process:
        process.stop(known.process, patience=_PATIENCE_TO_STOP)
    write_private(places.settings, text)
    say(f"starting {what}")
    child = process.spawn(
        [sys.executable, "-P", "-m", module, str(places.settings)],
        environment={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(places.folder)},
        cwd=places.folder,
        log=places.log,
    )
    started = Record(ports=known.ports, process=process.identify(child.pid), told=digest)
    record.write(places, started)
    try:
        _await(places, child, list(answering))
    except BaseException:
        if started.process:
            process.stop(started.process, patience=_PATIENCE_TO_STOP)
        raise
    return started.ports


def stop(places: Places) -> bool:
    """End it and keep the data; whether anything ran."""
    known = record.read(places)
    if known.process is None:
        return False
    ran = process.stop(known.process, patience=_PATIENCE_TO_STOP)
    record.write(places, Record(ports=known.ports))
    return ran


def purge(places: Places) -> None:
    """End it and delete its data."""
    stop(places)
    for folder in (places.sockets, places.folder):
        shutil.rmtree(folder, ignore_errors=True)


def is_running(places: Places) -> bool:
    """Whether the process that serves it is there."""
    known = record.read(places)
    return known.process is not None and process.is_alive(known.process)


def all_of(kind: type[Places], root: Path) -> list[Places]:
    """Those that something was made for here."""
    folder = kind(root, "").folder
    return [kind(root, each.name) for each in sorted(folder.glob("*")) if each.is_dir()]


def unpack(archive: Path, folder: Path) -> None:
    """The archive's files, all of them or none."""
    with TemporaryDirectory(dir=folder.parent) as scratch:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(Path(scratch) / "in")
        (Path(scratch) / "in").rename(folder)


def _await(places: Places, child: subprocess.Popen[bytes], waiting: list[int]) -> None:
    """Until somebody listens wherever somebody will be called."""
    deadline = time.monotonic() + _PATIENCE
    while waiting:
        if child.poll() is None and time.monotonic() < deadline:
            if not ports.is_free(waiting[0]):
                waiting.pop(0)
            else:
                time.sleep(0.05)
            continue
        what = "ended" if child.poll() is not None else "did not answer in time"
        end = places.log.read_text(errors="replace").strip().splitlines()[-15:]
        raise PlatformError(
            f"what stands in for {places.cloud} {what}; {places.log} ends:\n" + "\n".join(end)
        )
