"""The append-only journal: what is done to the state is here first, one line per change.

Before a call to a service a line says what is about to be done; after it, one line says what came
of it. A process that dies in between leaves the first without the second: a pending operation.
Replaying a journal twice gives the same state as once, so it does not matter where the process
died between writing the state and removing the journal.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from pilaster_local.engine import resource as resources
from pilaster_local.engine.errors import StateError
from pilaster_local.engine.resource import Resource
from pilaster_local.engine.secrets import Vault
from pilaster_local.engine.state import Pending, PendingType, State


class Journal:
    """Changes a state and writes each change down before anybody acts on it."""

    def __init__(self, path: Path, state: State, vault: Vault) -> None:
        self.path = path
        self.state = state
        self._vault = vault
        self._descriptor: int | None = None
        self._lock = threading.Lock()
        self._broken = ""
        self._begun = False
        self._closed = False

    @property
    def used(self) -> bool:
        """Whether there is anything the state file does not have."""
        return self._begun

    def begin(self, type_: PendingType, resource: Resource) -> Pending:
        """About to call a service."""
        self._write({"begin": type_, "resource": resources.to_json(resource, self._vault)})
        return Pending(type=type_, resource=resource)

    def done(
        self,
        settles: Pending | None = None,
        *,
        put: Resource | None = None,
        condemn: Resource | None = None,
        drop: Resource | None = None,
    ) -> None:
        """The answer is here: one line, so that its parts are true together or not at all."""
        entry: dict[str, Any] = {}
        if condemn:
            entry["condemn"] = [condemn.urn, condemn.id]
        if drop:
            entry["drop"] = list(drop.key)
        if put:
            entry["put"] = resources.to_json(put, self._vault)
        if settles:
            entry["settles"] = list(settles.key)
        self._write(entry)

    def rename(self, old: str, new: str) -> None:
        """A resource of the state has another URN from now on."""
        self._write({"rename": [old, new]})

    def _write(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, separators=(",", ":"), ensure_ascii=False) + "\n"
        with self._lock:
            if self._closed:
                # A new file would be one that nobody has locked.
                raise StateError(f"{self.path}: the run it belongs to has ended; nothing is done")
            if self._descriptor is None:
                self._descriptor = self._create()
            self._append(self._descriptor, line.encode())
            _apply(self.state, entry, self._vault)

    def _append(self, descriptor: int, line: bytes) -> None:
        if self._broken:
            raise StateError(f"{self.path} could not be written ({self._broken}); nothing is done")
        try:
            written = os.write(descriptor, line)
            os.fdatasync(descriptor)
        except OSError as error:
            # Half a line may stand there. It must stay the last one, or nothing after it counts.
            self._broken = error.strerror or str(error)
            raise StateError(f"{self.path} cannot be written: {self._broken}") from error
        if written != len(line):
            self._broken = "the disk is full"
            raise StateError(f"{self.path} cannot be written: {self._broken}")

    def _create(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # What counts of an earlier journal is in the state by now. Half a first line may be left.
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(self.path, flags, 0o600)
        try:
            # The salt goes first: without it the secrets below could never be read again.
            self._append(descriptor, (json.dumps({"salt": self._vault.line}) + "\n").encode())
        except BaseException:
            os.close(descriptor)
            raise
        self._begun = True
        return descriptor

    def close(self) -> None:
        """The end of the run: whoever comes later is refused."""
        with self._lock:
            self._closed = True
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


def salt_of(path: Path) -> str | None:
    """The salt line a journal was begun with, if there is a journal."""
    try:
        with path.open() as file:
            return json.loads(file.readline()).get("salt")
    except (FileNotFoundError, ValueError):
        return None


def replay(path: Path, state: State, vault: Vault) -> bool:
    """Bring a state up to date with the journal beside it. True if there was anything in it."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return False
    # What follows the last line break was being written when the process died: nobody acted on it.
    for number, line in enumerate(lines[:-1], 1):
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise StateError(f"{path}, line {number}, is damaged: {error}") from error
        _apply(state, entry, vault)
    return len(lines) > 1


def _apply(state: State, entry: dict[str, Any], vault: Vault) -> None:
    if "begin" in entry:
        resource = resources.from_json(entry["resource"], vault)
        state.begin(Pending(type=entry["begin"], resource=resource))
    if "rename" in entry:
        state.rename(*entry["rename"])
    if "condemn" in entry:
        state.condemn(*entry["condemn"])
    if "drop" in entry:
        urn, id_, delete = entry["drop"]
        state.drop((urn, id_, delete))
    if "put" in entry:
        state.put(resources.from_json(entry["put"], vault))
    if "settles" in entry:
        type_, urn, id_ = entry["settles"]
        state.settle((type_, urn, id_))
