"""One execution under way: where it stands, what it waits for, and how it is woken to end."""

from __future__ import annotations

import contextvars
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pilaster_emulator.executions.journal import Journal

KEPT_WHILE_RUNNING = ("definition", "deadline", "interrupted", "replay_to")
"""What we add to ministack's record of an execution, until it has ended."""


class EndedError(BaseException):
    """The execution was stopped or timed out: its thread has nothing more to do.

    Not an `Exception`, so that no Retry and no Catch takes it.
    """


class Run:
    """An execution that runs."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.record = record
        self.journal = Journal(record)
        self._ended = threading.Event()
        self._answers: set[threading.Event] = set()
        # The history up to here is there already: a replay walks the same way and adds it again.
        self.replayed = 1
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raises EndedError where the execution was ended from outside."""
        if self.record["status"] != "RUNNING":
            raise EndedError

    def end(self) -> None:
        """Wake whatever waits."""
        self._ended.set()
        with self._lock:
            for answer in self._answers:
                answer.set()

    def sleep(self, seconds: float) -> None:
        """A pause that the end of the execution ends too."""
        self._ended.wait(max(seconds, 0))
        self.check()

    @contextmanager
    def listening(self, answer: threading.Event):
        """The end of the execution sets this event."""
        with self._lock:
            self._answers.add(answer)
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._answers.discard(answer)

    def already(self) -> dict[str, Any] | None:
        """The event of the history that a replay adds again; None where it is a new one."""
        with self._lock:
            events = self.record["events"]
            if self.replayed >= (self.record.get("replay_to") or 0):
                return None
            self.replayed += 1
            return events[self.replayed - 1]

    def token(self, key: str) -> str:
        """Nobody guesses it, and it is the same when the run is replayed."""
        return str(uuid.uuid5(uuid.UUID(self.record["tokens_from"]), key))


@dataclass
class Place:
    """A state the run has come to, and the attempt it makes there."""

    key: str
    context: dict[str, Any]
    attempt: int = 1
    pause: float | None = None
    """How long the next attempt waits, in seconds."""
    pauses: int = 0
    made: int = 0
    """How many names were made up here."""
    branches: list[Any] = field(default_factory=list[Any])
    """The states of each branch, of a Parallel."""

    def attempt_key(self) -> str:
        return f"{self.key}/{self.attempt}"


running: contextvars.ContextVar[Run | None] = contextvars.ContextVar("pilaster_run", default=None)
place: contextvars.ContextVar[Place | None] = contextvars.ContextVar("pilaster_place", default=None)
branch: contextvars.ContextVar[str] = contextvars.ContextVar("pilaster_branch", default="")


def now() -> float:
    return time.time()
