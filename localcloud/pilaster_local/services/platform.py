"""Start and stop the local cloud of a project: the AWS emulator, its functions and its databases.

One process is started, the emulator; it starts the others and takes them with it when it ends.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pilaster_local.services import authority, environment, health, ports, process, record, settings
from pilaster_local.services.ending import end
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.folders import Folders
from pilaster_local.services.record import EMULATOR, Record

__all__ = ["Platform", "PlatformError", "purge", "running", "snapshot", "start", "stop"]

USUAL_PORT = 4566
USUAL_DATABASE_PORT = 5432
USUAL_CACHE_PORT = 6379
_ATTEMPTS = 3
_PATIENCE_TO_START = 60.0
_PATIENCE_TO_ANSWER = 30.0
"""For an emulator that runs: what is slow on a busy machine is not taken for dead and ended."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A local cloud that runs."""

    endpoint: str
    """Where the AWS emulator answers, `http://127.0.0.1:<port>`."""
    database_port: int
    """Where databases answer on `localhost`: TLS and an IAM token, as Aurora wants them."""
    cache_port: int = 0
    """Where caches answer on `localhost`: TLS and an IAM token, as ElastiCache wants them."""
    isolation: str
    """How far the kernel keeps functions apart: `namespaces`, `landlock` or `none`."""
    instance: str
    """New whenever the emulator started without the state it last had: then refresh."""
    memory_limited: bool = False
    """Whether a function's memory is held to its size; only where control groups can be made."""
    processes: dict[str, int] = field(default_factory=dict)
    """What runs, by name, with its pid."""
    root: Path
    """The project's folder; logs are under `.pilaster/local/logs` of it."""

    @property
    def certificate_authority(self) -> Path:
        """What a client on this machine hands to `sslrootcert`."""
        return Folders(self.root).authority / "ca.pem"


def start(root: Path, *, say: Callable[[str], None]) -> Platform:
    """Start what does not run yet and wait until it answers. Safe to call twice, and at once."""
    folders = Folders(root.resolve())
    settings.asked_isolation()
    with _alone(folders, say=say):
        if (platform := _running(folders)) is not None:
            return platform
        former = record.read(folders.record)
        end(folders, former)
        _make(folders)
        python = environment.make(folders.environment, say=say)
        authority.make(folders.authority)
        for attempt in range(_ATTEMPTS):
            port = ports.choose(former.port, USUAL_PORT)
            database_port = ports.choose(former.database_port, USUAL_DATABASE_PORT, taken=(port,))
            cache_port = ports.choose(
                former.cache_port, USUAL_CACHE_PORT, taken=(port, database_port)
            )
            chosen = (port, database_port, cache_port)
            try:
                return _launch(folders, python, former, chosen, say=say)
            except PlatformError:
                # Between the look and the start somebody else may have taken one.
                lost = not all(map(ports.is_free, chosen))
                if not lost or attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("the last attempt returns or raises")


def stop(root: Path) -> list[str]:
    """Stop everything and keep the data; the names of what was stopped."""
    folders = Folders(root.resolve())
    if not folders.local.exists():
        return []
    with _alone(folders, say=lambda _: None):
        return end(folders, record.read(folders.record))


def purge(root: Path) -> None:
    """Stop everything and delete its data. The emulator's environment stays: it holds none."""
    folders = Folders(root.resolve())
    if not folders.local.exists():
        return
    # In one piece, and without the lock's file: whoever waits for it would hold a lock on a file
    # that is no more, beside somebody who holds one on its successor.
    with _alone(folders, say=lambda _: None):
        end(folders, record.read(folders.record))
        shutil.rmtree(folders.local)


def running(root: Path) -> Platform | None:
    """The local cloud of this project, if it runs and answers."""
    return _running(Folders(root.resolve()))


def snapshot(platform: Platform) -> bool:
    """Write the emulator's state down now, so that even a crash loses nothing deployed."""
    port = int(platform.endpoint.rpartition(":")[2])
    return health.ask(port, "/_pilaster/snapshot", method="POST", timeout=60) is not None


def _make(folders: Folders) -> None:
    try:
        folders.make()
    except OSError as error:
        raise PlatformError(f"the folders of the local cloud cannot be made: {error}") from error


def _launch(
    folders: Folders,
    python: Path,
    former: Record,
    chosen: tuple[int, int, int],
    *,
    say: Callable[[str], None],
) -> Platform:
    port, database_port, cache_port = chosen
    for wanted, got, what in (
        (former.port or USUAL_PORT, port, "the AWS endpoint"),
        (former.database_port or USUAL_DATABASE_PORT, database_port, "the database"),
        (former.cache_port or USUAL_CACHE_PORT, cache_port, "the cache"),
    ):
        if wanted != got:
            say(f"port {wanted} is taken: {what} answers on {got}")
    told = settings.of_emulator(folders, *chosen)
    record.write_private(folders.settings, json.dumps(told, indent=1))
    _make(folders)
    say("starting the AWS emulator")
    log = folders.logs / "emulator.log"
    before = log.stat().st_size if log.exists() else 0
    child = process.spawn(
        [str(python), "-I", str(environment.PROJECT / "start.py"), str(folders.settings)],
        # Nothing of this shell's environment reaches the emulator or, through it, a function.
        environment={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(folders.emulator)},
        cwd=folders.local,
        log=log,
    )
    identity = process.identify(child.pid)
    started = Record(port=port, database_port=database_port, cache_port=cache_port)
    if identity is not None:
        started = replace(started, processes={EMULATOR: identity})
        record.write(folders.record, started)
    try:
        deadline = time.monotonic() + _PATIENCE_TO_START
        while time.monotonic() < deadline and child.poll() is None:
            status = health.ask(port, "/_pilaster/status")
            if status is not None and status.get("pid") == child.pid:
                return _write_down(folders, started, status)
            time.sleep(0.02)
        what = "ended" if child.poll() is not None else "did not answer in time"
        said = log.read_bytes()[before:].decode(errors="replace").strip()
        raise PlatformError(
            f"the AWS emulator {what}; the end of {log} says:\n"
            + "\n".join(said.splitlines()[-15:])
        )
    except BaseException:
        # Ctrl-C included: what does not answer is not left behind.
        end(folders, started)
        raise


def _write_down(folders: Folders, started: Record, status: dict) -> Platform:
    found = {
        name: identity
        for name, pid in status["processes"].items()
        if (identity := process.identify(pid)) is not None
    }
    written = replace(
        started,
        isolation=status["isolation"],
        instance=status["instance"],
        memory_group=status["memory_group"],
        processes={**started.processes, **found},
    )
    record.write(folders.record, written)
    return _platform(folders, written, status)


def _running(folders: Folders) -> Platform | None:
    known = record.read(folders.record)
    emulator = known.processes.get(EMULATOR)
    if emulator is None or known.port is None or not process.is_alive(emulator):
        return None
    status = health.ask(known.port, "/_pilaster/status", timeout=_PATIENCE_TO_ANSWER)
    if status is None or status.get("pid") != emulator.pid:
        return None
    return _platform(folders, known, status)


def _platform(folders: Folders, known: Record, status: dict) -> Platform:
    return Platform(
        endpoint=f"http://{ports.LOOPBACK}:{known.port}",
        database_port=known.database_port or 0,
        cache_port=known.cache_port or 0,
        isolation=status["isolation"],
        instance=status["instance"],
        memory_limited=status["memory_limited"],
        processes={EMULATOR: status["pid"], **status["processes"]},
        root=folders.root,
    )


@contextmanager
def _alone(folders: Folders, *, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the project's lock: two starts at once make one platform."""
    folders.lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folders.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another command is starting or stopping the local cloud: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
