"""Throughput: many documents of several users at once, through the whole system on this machine.

python -m benchmarks.throughput [--documents 100] [--users 5] [--at-once 10] [--one-of-many]

A copy of the project is deployed for it and purged afterwards. Half of the documents are text PDFs,
half are pictures that Tesseract reads. Printed are documents a minute, OCR pages per second and
core while documents were worked on, how long each user waited, and how many runs there were at
once at most. With --one-of-many all documents but one are one user's, and the last to come is the
other's. Exits 1 where a document is lost or doubled, more ran at once than may, or a user waits
more than twice as long as another.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pilaster_cli.api import Api

from tests.support.deployed import SAMPLES, Deployed, copy

FILES = ("pupil.pdf", "list.png", "nursery.pdf", "tiles.png")
SENDERS = 8
SETTLED_SECONDS = 1800
GOAL_PAGES = 0.5
"""OCR pages per second and core."""


@dataclass
class Outcome:
    """What became of a crowd's documents."""

    seconds: float
    """From the first upload to the last answer."""
    answers: list[list[dict[str, Any]]]
    """Each user's documents, as the API lists them."""
    sent: list[list[str]]
    """Each user's ids, in the order they were sent."""
    most_at_once: int
    """Runs at once, at most, by the list of executions looked at four times a second."""
    runs: int
    """Executions there were in all."""
    waits: list[float] = field(default_factory=list[float])
    """Each user's mean seconds from sending a document to its answer."""

    @property
    def documents(self) -> int:
        return sum(map(len, self.sent))

    @property
    def order(self) -> list[tuple[datetime, int]]:
        """When each document was answered, and whose it is."""
        return sorted(
            (datetime.fromisoformat(each["finished_at"]), user)
            for user, documents in enumerate(self.answers)
            for each in documents
            if each["finished_at"]
        )

    @property
    def pages_a_second_and_core(self) -> float:
        """Every picture sent has one page."""
        read = sum("ocr" in each["route"] for documents in self.answers for each in documents)
        return read / self.seconds / (os.cpu_count() or 1)


def send(system: Deployed, shares: list[int]) -> Outcome:
    """So many documents of each user, all at once: each sends in the order of its own."""
    people = [system.user() for _ in shares]
    states, machine = system.client("stepfunctions"), system.outputs["state_machine_arn"]
    before = _executions(states, machine, None)
    watch = _Watch(states, machine)
    began = time.time()
    with ThreadPoolExecutor(SENDERS) as pool:
        jobs = [
            (user, pool.submit(people[user].upload, SAMPLES / FILES[n % len(FILES)]))
            for n in range(max(shares))
            for user, share in enumerate(shares)
            if n >= max(shares) - share  # who has fewer comes when the others have sent most
        ]
        sent: list[list[str]] = [[] for _ in shares]
        for user, job in jobs:
            sent[user].append(job.result())
    answers = [_settled(api, began + SETTLED_SECONDS) for api in people]
    runs = _executions(states, machine, None) - before
    order = [
        (datetime.fromisoformat(each["finished_at"]), datetime.fromisoformat(each["created_at"]))
        for documents in answers
        for each in documents
        if each["finished_at"]
    ]
    last = max(finished for finished, _ in order).timestamp()
    return Outcome(
        seconds=last - began,
        answers=answers,
        sent=sent,
        most_at_once=watch.stop(),
        runs=runs,
        waits=[_mean_wait(documents) for documents in answers],
    )


def _settled(api: Api, deadline: float) -> list[dict[str, Any]]:
    """The user's documents once none of them is pending. A token lives for five minutes."""
    while True:
        documents = list(api.documents())
        if all(each["status"] != "pending" for each in documents):
            return documents
        if time.time() > deadline:
            left = sum(each["status"] == "pending" for each in documents)
            raise SystemExit(f"{left} documents are still pending after {SETTLED_SECONDS} s")
        time.sleep(2)


def _mean_wait(documents: list[dict[str, Any]]) -> float:
    waits = [
        (
            datetime.fromisoformat(each["finished_at"]) - datetime.fromisoformat(each["created_at"])
        ).total_seconds()
        for each in documents
        if each["finished_at"]
    ]
    return statistics.mean(waits) if waits else float("inf")


def _executions(states: Any, machine: str, status: str | None) -> int:
    asked = {"stateMachineArn": machine} | ({"statusFilter": status} if status else {})
    return len(states.list_executions(**asked)["executions"])


class _Watch:
    """Counts the runs there are, until it is stopped."""

    def __init__(self, states: Any, machine: str) -> None:
        self._states, self._machine = states, machine
        self._most = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(0.25):
            self._most = max(self._most, _executions(self._states, self._machine, "RUNNING"))

    def stop(self) -> int:
        self._stop.set()
        self._thread.join()
        return self._most


def limited(system: Deployed, at_once: int) -> None:
    """The project with that many documents at once."""
    settings = system.folder / "Pulumi.local.yaml"
    settings.write_text(f"{settings.read_text()}  pilaster:admission: {{at_once: {at_once}}}\n")


def deploy(system: Deployed) -> None:
    """Deploys; once more where a busy machine lost an answer, which the next `up` finds out."""
    if system.pilaster("up", timeout=600).code != 0:
        system.up()


def faults(outcome: Outcome, at_once: int) -> list[str]:
    """What went wrong, in words."""
    found: list[str] = []
    for sent, answers in zip(outcome.sent, outcome.answers, strict=True):
        if sorted(sent) != sorted(each["id"] for each in answers):
            found.append("a document is lost or doubled")
    if outcome.runs != outcome.documents:
        found.append(f"{outcome.documents} documents had {outcome.runs} runs")
    if outcome.most_at_once > at_once:
        found.append(f"{outcome.most_at_once} ran at once, {at_once} may")
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--documents", type=int, default=100)
    asked.add_argument("--users", type=int, default=5)
    asked.add_argument("--at-once", type=int, default=10)
    asked.add_argument("--one-of-many", action="store_true")
    given = asked.parse_args()
    shares = [given.documents // given.users] * given.users
    if given.one_of_many:
        shares = [given.documents - 1, 1]
    with tempfile.TemporaryDirectory() as folder:
        system = copy(Path(folder) / "project")
        limited(system, given.at_once)
        try:
            deploy(system)
            outcome = send(system, shares)
        finally:
            system.pilaster("down", "--purge")
    wrong = faults(outcome, given.at_once)
    slowest, fastest = max(outcome.waits), min(outcome.waits)
    if not given.one_of_many and slowest > 2 * fastest:
        wrong.append(f"one user waited {slowest:.0f} s on average, another {fastest:.0f} s")
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    print(
        f"documents           {outcome.documents} of {len(shares)} users, {given.at_once} at once"
    )
    print(f"seconds             {outcome.seconds:.0f} on {cores} cores, load {load:.1f}")
    print(f"documents a minute  {outcome.documents / outcome.seconds * 60:.1f}")
    print(f"OCR pages/s/core    {outcome.pages_a_second_and_core:.2f} (goal {GOAL_PAGES})")
    print(f"runs at once        {outcome.most_at_once} at most")
    print(f"mean wait by user   {', '.join(f'{each:.0f} s' for each in outcome.waits)}")
    print("\n".join(wrong) or "none lost, none doubled")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
