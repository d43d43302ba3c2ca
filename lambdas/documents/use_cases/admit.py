"""Admission: a run waits, is admitted and started, and its place is freed.

Whoever is called does what is left to do, whoever began it: every function here may be called at
any time, as often as one likes and by several at once. In this order nothing is lost between two
callers: a run waits before the places are looked at, and a place is free before those who wait are.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection

from lambdas.documents.model import admission as rules
from lambdas.documents.model.admission import Job, Waiting
from lambdas.documents.model.errors import AdmissionUnavailableError
from lambdas.documents.ports.admission import Admission
from lambdas.documents.ports.runs import Runs

TRIES = 12
"""How often somebody else may be faster; together the pauses take two seconds on average."""
BATCH = 20
"""Runs admitted in one write, at most: a transaction of DynamoDB has 100 items at most."""

Clock = Callable[[], float]
"""Unix time in seconds."""


def enter(job: Job, *, admission: Admission, clock: Clock = time.time) -> bool:
    """The run waits for its turn; False where it came before, however often that is."""
    for attempt in range(TRIES):
        if admission.known(job.name) is not None:
            return False
        last = admission.last_turn(job.run.user)
        turn = rules.turn_after(last, admission.slots())
        waiting = Waiting(job=job, turn=turn, arrived=int(clock() * 1000))
        if admission.enter(waiting, after=last):
            return True
        _pause(attempt)
    raise AdmissionUnavailableError("others were faster every time: the run did not get in line")


def admit(*, at_once: int, admission: Admission, runs: Runs, clock: Clock = time.time) -> list[Job]:
    """Starts who is next while there is room; the runs started.

    A run whose start fails keeps its place: `reconcile` starts it. Its error is raised once the
    others are started.
    """
    started: list[Job] = []
    for attempt in range(TRIES):
        slots = admission.slots()
        room = min(BATCH, rules.room(slots, at_once))
        waiting = admission.next(room) if room else ()
        if not waiting:
            return started
        after = rules.admitted(slots, waiting, now=int(clock()))
        if admission.replace(slots, after, admitted=waiting):
            started += _start(waiting, runs)
        else:
            _pause(attempt)
    raise AdmissionUnavailableError("others were faster every time: who is next was not started")


def free(names: Collection[str], *, admission: Admission) -> bool:
    """Gives back the places of those runs; False where none of them had one."""
    for attempt in range(TRIES):
        slots = admission.slots()
        after = rules.freed(slots, names)
        if after is slots:
            return False
        if admission.replace(slots, after):
            return True
        _pause(attempt)
    raise AdmissionUnavailableError("others were faster every time: no place was freed")


def reconcile(*, admission: Admission, runs: Runs, clock: Clock = time.time) -> list[str]:
    """Sets leases right by what really runs; the runs that lost theirs.

    What was admitted and never started is started, what ended without a word loses its place, and
    so does what runs on beyond its lease: it waits for somebody.
    """
    now = int(clock())
    slots = admission.slots()
    in_doubt = rules.in_doubt(slots, now=now)
    if not in_doubt:
        return []
    running = runs.running(in_doubt)
    over = set(rules.expired(slots, now=now))
    gone = [
        name
        for name in in_doubt
        if (name in over if name in running else _ended(name, admission, runs))
    ]
    if gone:
        free(gone, admission=admission)
    return gone


def _ended(name: str, admission: Admission, runs: Runs) -> bool:
    """Of a run that is not running: if it never did, it does from now on."""
    job = admission.known(name)
    return job is None or not runs.start(job.run, job.uploaded)


def _start(waiting: Collection[Waiting], runs: Runs) -> list[Job]:
    """A run that was started before is none of those started now."""
    failure: Exception | None = None
    started: list[Job] = []
    for each in waiting:
        try:
            if runs.start(each.job.run, each.job.uploaded):
                started.append(each.job)
        except Exception as error:  # noqa: BLE001 - the others have their places already
            failure = error
    if failure is not None:
        raise failure
    return started


def _pause(attempt: int) -> None:
    """Random, so that who met once does not meet again."""
    time.sleep(random.uniform(0, min(0.5, 0.01 * 2**attempt)))
