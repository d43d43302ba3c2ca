"""What inside functions say: they reach no bus, so they write it down and somebody outside says it.

Each may raise StorageUnavailableError.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lambdas.documents.model.event import Event


class Outbox(Protocol):
    """As who has something to say sees it."""

    def put(self, event: Event) -> None:
        """It will be said, once or more. One that waits there already is not put again."""
        ...


class Unsaid(Protocol):
    """As the publisher sees it."""

    def said(self, event: Event) -> None:
        """It is out; it need not be kept."""
        ...

    def left(self) -> Sequence[Event]:
        """What was not said yet; a bounded number, in no order."""
        ...


class Bus(Protocol):
    def say(self, event: Event) -> None: ...
