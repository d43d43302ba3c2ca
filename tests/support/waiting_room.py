"""Admission in memory, with somebody who can come between any two calls, and a workshop that runs.

`between` is called before each call of either, and right after each write: what it does there,
another dispatcher does at that moment; what it raises there is a crash at that point.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from lambdas.documents.model.admission import Job, Slots, Waiting
from lambdas.documents.model.event import Event
from lambdas.documents.model.identity import UserId
from lambdas.documents.model.outcome import Run

Between = Callable[[str], None]


def nothing(point: str) -> None:
    """Nobody comes between."""


class WaitingRoom:
    def __init__(self, between: Between = nothing) -> None:
        self.between = between
        self.stands = Slots()
        self.waiting: list[Waiting] = []
        self.turns: dict[UserId, int] = {}
        self.came: dict[str, Job] = {}

    def slots(self) -> Slots:
        self.between("slots")
        return self.stands

    def last_turn(self, user: UserId) -> int | None:
        self.between("last_turn")
        return self.turns.get(user)

    def known(self, name: str) -> Job | None:
        self.between("known")
        return self.came.get(name)

    def next(self, most: int) -> Sequence[Waiting]:
        self.between("next")
        return sorted(self.waiting, key=lambda each: each.place)[:most]

    def enter(self, waiting: Waiting, *, after: int | None) -> bool:
        self.between("enter")
        job, run = waiting.job, waiting.job.run
        if run.name in self.came or self.turns.get(run.user) != after:
            return False
        self.came[run.name] = job
        self.turns[run.user] = waiting.turn
        self.waiting.append(waiting)
        self.between("entered")
        return True

    def replace(self, before: Slots, after: Slots, *, admitted: Sequence[Waiting] = ()) -> bool:
        self.between("replace")
        if before.version != self.stands.version or any(
            each not in self.waiting for each in admitted
        ):
            return False
        self.stands = after
        self.waiting = [each for each in self.waiting if each not in admitted]
        self.between("replaced")
        return True


class Workshop:
    """Runs each name once, as Step Functions does."""

    def __init__(self, between: Between = nothing) -> None:
        self.between = between
        self.at_work: list[str] = []
        self.started: list[Run] = []
        self.most = 0

    def start(self, run: Run, uploaded: Event) -> bool:
        self.between("start")
        if run in self.started:
            return False
        self.started.append(run)
        self.at_work.append(run.name)
        self.most = max(self.most, len(self.at_work))
        self.between("started")
        return True

    def running(self, names: Collection[str]) -> Collection[str]:
        self.between("running")
        return [name for name in names if name in self.at_work]

    def end(self, name: str) -> None:
        self.at_work.remove(name)
