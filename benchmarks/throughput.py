"""Throughput: many documents of several users at once, through the whole system on this machine.

python -m benchmarks.throughput [--documents 100] [--users 5] [--at-once 10] [--one-of-many]

A copy of the project is deployed for it and purged afterwards. Half of the documents are text PDFs,
half are pictures that Tesseract reads; no two have the same bytes, so none is read from the cache.
Printed are documents a minute, OCR pages per second and core while documents were worked on, how
long each user waited, how many runs there were at once at most, how long the steps took, and whose
the CPU was. With --one-of-many all documents but one are one user's, and the last to come is the
other's. Exits 1 where a document is lost or doubled, more ran at once than may, or a user waits
more than twice as long as another.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pilaster_cli.api import Api, Problem

from benchmarks.cpu import READERS, cpu_of, since
from tests.support.deployed import SAMPLES, Deployed, copy

FILES = ("pupil.pdf", "list.png", "nursery.pdf", "tiles.png")
SENDERS = 8
SETTLED_SECONDS = 1800
ID_LENGTH = 36
"""Of a document's id, with which the name of its run begins."""
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
    """Runs at once, at most, by when each began and ended."""
    runs: int
    """Executions there were of these documents."""
    cpu: dict[str, float]
    """Seconds of the platform's processes, by what they do, whatever else the machine did."""
    load: tuple[float, float]
    """What the machine had to do in the minute before it began, and before it ended."""
    waits: list[float] = field(default_factory=list[float])
    """Each user's mean seconds from sending a document to its answer."""

    @property
    def cpu_seconds(self) -> float:
        """Of the whole platform."""
        return sum(self.cpu.values())

    @property
    def reading_seconds(self) -> float:
        """Of the steps that prepare and read, text PDFs and their own starts included."""
        return sum(self.cpu.get(step, 0.0) for step in READERS)

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
    def pages(self) -> int:
        """Read by Tesseract: every picture sent has one."""
        return sum("ocr" in each["route"] for documents in self.answers for each in documents)

    @property
    def steps(self) -> dict[str, float]:
        """Mean seconds of each step; its own time, without what came before and after."""
        found: defaultdict[str, list[float]] = defaultdict(list)
        for documents in self.answers:
            for each in documents:
                for step in each.get("steps") or []:
                    found[step["name"]].append(step["seconds"])
        return {name: statistics.mean(seconds) for name, seconds in found.items()}


def send(system: Deployed, shares: list[int]) -> Outcome:
    """So many documents of each user, all at once: each sends in the order of its own."""
    people = [system.user() for _ in shares]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(SENDERS) as pool:
        files = [(user, _own(Path(folder), user, n)) for n, user in _in_order(shares)]
        spent, began = cpu_of(system), time.time()
        jobs = [(user, pool.submit(people[user].upload, file)) for user, file in files]
        sent: list[list[str]] = [[] for _ in shares]
        for user, job in jobs:
            sent[user].append(job.result())
    settled = [_settled(api, began + SETTLED_SECONDS) for api in people]
    # Before the answers are asked for one by one, which is this benchmark's own curiosity.
    cpu = since(spent, cpu_of(system))
    answers = [
        [_whole(api, each) for each in ids] for api, ids in zip(people, settled, strict=True)
    ]
    last = max(
        datetime.fromisoformat(each["finished_at"])
        for documents in answers
        for each in documents
        if each["finished_at"]
    )
    load = load, os.getloadavg()[0]
    runs = _runs(system, {document for documents in sent for document in documents})
    return Outcome(
        seconds=last.timestamp() - began,
        answers=answers,
        sent=sent,
        most_at_once=_most_at_once(runs),
        runs=len(runs),
        cpu=cpu,
        load=load,
        waits=[_mean_wait(documents) for documents in answers],
    )


def _in_order(shares: list[int]) -> list[tuple[int, int]]:
    """Which document of which user comes next; who has fewer comes when most have been sent."""
    most = max(shares)
    return [
        (n, user) for n in range(most) for user, share in enumerate(shares) if n >= most - share
    ]


def _own(folder: Path, user: int, number: int) -> Path:
    """A sample in bytes nobody else sends: what was read once is not read again."""
    sample = SAMPLES / FILES[number % len(FILES)]
    data, words = sample.read_bytes(), f"{user} {number} {time.time_ns()}".encode()
    if sample.suffix == ".png":
        chunk = b"tEXt" + b"Comment\0" + words
        sized = len(chunk) - 4
        whole = sized.to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4)
        end = data.rindex(b"IEND") - 4
        data = data[:end] + whole + data[end:]
    else:
        data += b"\n% " + words + b"\n"
    file = folder / f"{user}-{number}{sample.suffix}"
    file.write_bytes(data)
    return file


def _settled(api: Api, deadline: float) -> list[str]:
    """The ids of the user's documents, once none of them is pending."""
    while True:
        documents = list(api.documents())
        if all(each["status"] != "pending" for each in documents):
            return [each["id"] for each in documents]
        if time.time() > deadline:
            left = sum(each["status"] == "pending" for each in documents)
            raise SystemExit(f"{left} documents are still pending after {SETTLED_SECONDS} s")
        time.sleep(2)


def _whole(api: Api, document: str) -> dict[str, Any]:
    """One by one they are more than a user may ask for in a minute: then it waits as it is told."""
    while True:
        try:
            return api.document(document)
        except Problem as problem:
            if problem.status != 429:
                raise
            time.sleep(1)


def _mean_wait(documents: list[dict[str, Any]]) -> float:
    waits = [
        (
            datetime.fromisoformat(each["finished_at"]) - datetime.fromisoformat(each["created_at"])
        ).total_seconds()
        for each in documents
        if each["finished_at"]
    ]
    return statistics.mean(waits) if waits else float("inf")


def _runs(system: Deployed, documents: Collection[str]) -> list[tuple[datetime, datetime]]:
    """When the runs of these documents began and ended; one that has not is not over yet."""
    machine = system.outputs["state_machine_arn"]
    pages = system.client("stepfunctions").get_paginator("list_executions")
    return [
        (each["startDate"], each.get("stopDate") or datetime.now(UTC))
        for page in pages.paginate(stateMachineArn=machine)
        for each in page["executions"]
        if each["name"][:ID_LENGTH] in documents
    ]


def _most_at_once(runs: list[tuple[datetime, datetime]]) -> int:
    """One that begins in the moment in which another ends follows it."""
    moments = [(began, 1) for began, _ in runs] + [(ended, -1) for _, ended in runs]
    most = now = 0
    for _, change in sorted(moments):
        now += change
        most = max(most, now)
    return most


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


def told(outcome: Outcome) -> list[str]:
    """What was measured, a line each."""
    cores, (before, after) = os.cpu_count() or 1, outcome.load
    seconds, cpu = outcome.seconds, outcome.cpu_seconds
    by_reading = outcome.pages / max(outcome.reading_seconds, 0.01)
    share = cpu / seconds / cores
    by_clock, by_cpu = outcome.pages / seconds / cores, outcome.pages / cpu
    by_task = ", ".join(f"{task} {spent:.1f} s" for task, spent in outcome.cpu.items())
    places = {user: place for place, (_, user) in enumerate(reversed(outcome.order))}
    firsts = [str(outcome.documents - places[user]) for user in sorted(places)]
    return [
        f"documents           {outcome.documents} of {len(outcome.sent)} users",
        f"seconds             {seconds:.0f} on {cores} cores, load {before:.1f} and {after:.1f}",
        f"documents a minute  {outcome.documents / seconds * 60:.1f}",
        f"OCR pages           {outcome.pages}, {by_clock:.2f} a second and core by the clock",
        f"                    {by_cpu:.2f} a second of CPU, the rest included (goal {GOAL_PAGES})",
        f"                    {by_reading:.2f} a second of CPU of the steps that read",
        f"CPU                 {cpu / outcome.documents:.2f} s a document, {share:.0%} of the cores",
        f"CPU by task         {by_task}",
        f"runs at once        {outcome.most_at_once} at most",
        f"mean wait by user   {', '.join(f'{each:.0f} s' for each in outcome.waits)}",
        f"first answer        was number {', '.join(firsts)} of all, by user",
        f"mean of each step   {', '.join(f'{k} {v:.2f} s' for k, v in outcome.steps.items())}",
    ]


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
    print(f"at once             {given.at_once} may be worked on")
    print("\n".join(told(outcome)))
    print("\n".join(wrong) or "none lost, none doubled")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
