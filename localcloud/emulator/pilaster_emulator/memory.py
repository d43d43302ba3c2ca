"""The emulator's state on disk: loaded at start, saved while it changes, and whether to trust it.

ministack saves when it is asked to end. That loses everything when it is killed, so the state is
also written a few seconds after each change. What such a snapshot holds may be older than what was
answered: only a clean stop keeps the `instance`; after anything else it is new, and the next
deployment reads every resource again before it trusts one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Callable
from typing import IO, Any

from pilaster_emulator.settings import Settings

_PAUSE = 5.0
"""Seconds between two snapshots while requests come in. One takes some 0.1 s of the event loop."""

log = logging.getLogger("pilaster.memory")


class _Failures(logging.Handler):
    """ministack logs what it could not save and goes on; a snapshot has to know."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


class _Blobs:
    """The digests of archives that are on disk already: ministack reads each one for each snapshot,
    which is 0.2 s of the event loop for fifteen functions."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[bytes, str]] = {}
        self._seen: dict[int, tuple[bytes, str]] = {}

    def install(self) -> None:
        from ministack.services import lambda_svc

        stock = lambda_svc._write_code_blob

        def write(code: bytes) -> str:
            content, digest = self._known.get(id(code), (None, ""))
            # The same object, not an equal one: it is held, so its id is nobody else's.
            if content is not code:
                digest = stock(code)
            self._seen[id(code)] = (code, digest)
            return digest

        lambda_svc._write_code_blob = write

    def saved(self) -> None:
        """Forget what the last snapshot did not hold."""
        self._known, self._seen = self._seen, {}


class _AtOnce:
    """`json` for ministack's snapshots: `dump` encodes piece by piece in Python, `dumps` all of it
    in C, in a tenth of the time. The event loop waits for it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(json, name)

    @staticmethod
    def dump(value: Any, file: IO[str], **options: Any) -> None:
        file.write(json.dumps(value, **options))


class Memory:
    """What is remembered between two runs of the emulator."""

    def __init__(self, settings: Settings) -> None:
        self._clean = settings.emulator / "clean"
        """There only between a clean stop and the next start."""
        self._identity = settings.emulator / "instance"
        self._dirty = False
        self._failures = _Failures()
        self._blobs = _Blobs()
        logging.getLogger("persistence").addHandler(self._failures)
        # The ports stand in addresses that the state holds: other ports are another cloud.
        self._ports = f"{settings.port} {settings.database_port}"
        former = self._identity.read_text() if self._identity.exists() else ""
        known, _, former_ports = former.partition(" ")
        same = bool(known) and former_ports == self._ports and self._clean.exists()
        self.instance = known if same else uuid.uuid4().hex
        if not same:
            log.info("the former state is missing or not complete: instance %s", self.instance)
        self._clean.unlink(missing_ok=True)
        self._note()

    def renew(self) -> None:
        """What was loaded is not as it was left: the next deployment has to look at it."""
        self.instance = uuid.uuid4().hex
        self._note()

    def _note(self) -> None:
        self._identity.write_text(f"{self.instance} {self._ports}")

    def when_loaded(self, *actions: Callable[[], None]) -> None:
        """Do this once ministack has loaded its state, before it answers anybody."""
        from ministack import app
        from ministack.core import persistence

        self._blobs.install()
        persistence.json = _AtOnce()
        stock = app._load_persisted_state

        def load() -> None:
            stock()
            for action in actions:
                action()

        app._load_persisted_state = load

    def changed(self) -> None:
        """Something may have changed: the next snapshot is due."""
        self._dirty = True

    async def save_while_it_changes(self) -> None:
        """Take snapshots for ever, on the event loop's own thread: from another one the state
        changes under the writer's hands, and it fails silently."""
        while True:
            await asyncio.sleep(_PAUSE)
            if self._dirty:
                self.save()

    def save(self) -> bool:
        """Write everything down now. False: something could not be written (the log says what)."""
        from ministack import app
        from ministack.core.persistence import save_all

        self._dirty = False
        self._failures.messages.clear()
        logging.getLogger("persistence").setLevel(logging.ERROR)
        save_all(app._build_persistence_save_dict())
        self._blobs.saved()
        return not self._failures.messages

    def close(self) -> None:
        """The state was saved and the process ends: the next one may trust it."""
        if self._failures.messages:
            log.error("the state is not complete: %s", self._failures.messages)
            return
        self._clean.touch()
