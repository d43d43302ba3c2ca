"""Where runs wait and leases are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lambdas.documents.model.admission import Job, Slots, Waiting
from lambdas.documents.model.identity import UserId


class Admission(Protocol):
    """Every read sees what was written before it, by whomever. Each call may raise
    AdmissionUnavailableError."""

    def slots(self) -> Slots: ...

    def last_turn(self, user: UserId) -> int | None:
        """The turn given to the user's last run; None if that is long ago or never was."""
        ...

    def known(self, name: str) -> Job | None:
        """A run that came before, waiting or not; None if that is long ago or never was."""
        ...

    def enter(self, waiting: Waiting, *, after: int | None) -> bool:
        """The run waits from now on, and its turn is its user's last; at once or not at all.

        False where the run came before, or `after` is no longer the user's last turn.
        """
        ...

    def next(self, most: int) -> Sequence[Waiting]:
        """Who waits, in turn."""
        ...

    def replace(self, before: Slots, after: Slots, *, admitted: Sequence[Waiting] = ()) -> bool:
        """Leases change and who is admitted waits no more; at once or not at all.

        False where somebody else was faster.
        """
        ...
