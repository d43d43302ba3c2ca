"""The outbox in memory, a bus that keeps what it hears, and what a publisher stops."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from lambdas.documents.model.event import Event
from lambdas.documents.model.identity import DocumentId


class PillarBox:
    """An outbox and its bus."""

    def __init__(self) -> None:
        self.waiting: dict[uuid.UUID, Event] = {}
        self.heard: list[Event] = []
        self.fails: Exception | None = None
        """What saying something ends with, once."""

    def put(self, event: Event) -> None:
        self.waiting.setdefault(event.id, event)

    def said(self, event: Event) -> None:
        self.waiting.pop(event.id, None)

    def left(self) -> Sequence[Event]:
        return list(self.waiting.values())

    def say(self, event: Event) -> None:
        if self.fails:
            error, self.fails = self.fails, None
            raise error
        self.heard.append(event)


class Halts:
    """Runs that were stopped and reviews that were withdrawn."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def stop(self, document: DocumentId) -> None:
        self.done.append(f"stop {document}")

    def withdraw(self, document: DocumentId, *, now: datetime) -> None:
        self.done.append(f"withdraw {document}")
