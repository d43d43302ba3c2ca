"""Admission: at most so many runs at once; the others wait, in turn.

Each user's runs wait in the order they came, and users take turns: a run is given a turn when it
comes, one after its user's last, but none that is over already. Who waits is served by turn, so 95
documents of one user do not stand before the one of another. All leases are one value with a
version: it is replaced as a whole or not at all, and so their number is never exceeded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lambdas.documents.model.event import Event
from lambdas.documents.model.outcome import Run

LEASE_SECONDS = 3600
"""A run that works takes a few minutes, with every retry half an hour; one that is older waits for
somebody, and holds no place for it."""
GRACE_SECONDS = 60
"""How long after it was admitted a run may be missing from the list of those that run: it is being
started, or the list is not up to date yet."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A run's place among those that work."""

    since: int
    """Unix time, in seconds, it was taken."""
    until: int
    """Unix time from which it is nobody's, whatever the run does."""


@dataclass(frozen=True, kw_only=True)
class Slots:
    """Who has a place, and whose turn it is."""

    leases: Mapping[str, Lease] = field(default_factory=dict[str, Lease])
    """By the run's name."""
    turn: int = 0
    """Of the run admitted last: an earlier one is given to nobody any more."""
    version: int = 0
    """How often this was replaced."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A run and what its workflow says first."""

    run: Run
    uploaded: Event

    @property
    def name(self) -> str:
        return self.run.name


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A run that waits."""

    job: Job
    turn: int
    arrived: int
    """Unix time in milliseconds: decides among users who have the same turn."""

    @property
    def place(self) -> str:
        """Sorts as who waits is served."""
        return f"{self.turn:012d}#{self.arrived:015d}#{self.job.name}"


def turn_after(last: int | None, slots: Slots) -> int:
    """The turn of a run that comes now; `last` is its user's last one, None if there is none."""
    return slots.turn if last is None else max(slots.turn, last + 1)


def room(slots: Slots, at_once: int) -> int:
    """How many may be admitted; none where the limit was lowered below what runs."""
    return max(0, at_once - len(slots.leases))


def admitted(slots: Slots, next: Sequence[Waiting], *, now: int) -> Slots:
    """With a lease for each of those, who are the next in turn."""
    lease = Lease(since=now, until=now + LEASE_SECONDS)
    return replace(
        slots,
        leases={**slots.leases, **{each.job.name: lease for each in next}},
        turn=max([slots.turn, *(each.turn for each in next)]),
        version=slots.version + 1,
    )


def freed(slots: Slots, runs: Collection[str]) -> Slots:
    """Without those runs; the same value where none of them has a place."""
    left = {name: lease for name, lease in slots.leases.items() if name not in runs}
    if len(left) == len(slots.leases):
        return slots
    return replace(slots, leases=left, version=slots.version + 1)


def in_doubt(slots: Slots, *, now: int) -> Sequence[str]:
    """Runs whose lease is old enough to ask what became of them."""
    return [name for name, lease in slots.leases.items() if now - lease.since >= GRACE_SECONDS]


def expired(slots: Slots, *, now: int) -> Sequence[str]:
    """Runs whose lease is over."""
    return [name for name, lease in slots.leases.items() if now >= lease.until]
