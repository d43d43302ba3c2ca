"""A crowd: documents of several users at once through a deployed system, and what came of them."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pilaster_cli.api import Api, Problem

from benchmarks.cpu import READERS, cpu_of, since
from tests.support.deployed import SAMPLES, Deployed

MIXED = ("pupil.pdf", "list.png", "nursery.pdf", "tiles.png")
"""Half of them text PDFs, which Tesseract never sees."""
PICTURES = ("demo.png", "list.png", "tiles.png", "college.png")
SENDERS = 8
SETTLED_SECONDS = 1800
ID_LENGTH = 36
"""Of a document's id, with which the name of its run begins."""


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
        """Of the functions that prepare and read, text PDFs included."""
        return sum(self.cpu.get(function, 0.0) for function in READERS)

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
    def behind(self) -> list[int]:
        """Others' answers while each user waited for the first of their own."""
        found: list[int] = []
        for user, documents in enumerate(self.answers):
            sent = min(datetime.fromisoformat(each["created_at"]) for each in documents)
            first = next(at for at, whose in self.order if whose == user)
            found.append(sum(sent < at < first for at, whose in self.order if whose != user))
        return found

    @property
    def pages(self) -> int:
        """Read by Tesseract: a picture has one, a PDF with its own text none."""
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


def send(system: Deployed, shares: list[int], files: Sequence[str] = MIXED) -> Outcome:
    """So many documents of each user, all at once: each sends these samples in turn, in the order
    of its own.
    """
    people = [system.user() for _ in shares]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(SENDERS) as pool:
        own = [
            (user, _own(Path(folder), SAMPLES / files[n % len(files)], user, n))
            for n, user in _in_order(shares)
        ]
        spent, began = cpu_of(system), time.time()
        jobs = [(user, pool.submit(people[user].upload, file)) for user, file in own]
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


def _own(folder: Path, sample: Path, user: int, number: int) -> Path:
    """The sample in bytes nobody else sends: what was read once is not read again."""
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
