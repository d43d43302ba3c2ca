"""Throughput: many documents of several users at once, through the whole system on this machine.

python -m benchmarks.throughput [--documents 100] [--users 5] [--at-once 10] [--one-of-many]

A copy of the project is deployed for it and purged afterwards. After a small crowd that starts the
functions (see cold_start.py) come two that are counted: one in which half of the documents are text
PDFs, and one of pictures alone. No two documents have the same bytes, so none is read from the
cache.

Printed are documents a minute, how long each user waited, how many runs there were at once at most,
how long the steps took, and whose the CPU was. OCR pages per second and core are the pages that
Tesseract read by

- the clock and all cores, which includes whatever else the machine does,
- the CPU time of the whole platform: functions, emulator, database and cache,
- the CPU time of the two functions that prepare and read.

In the mixed crowd the text PDFs' CPU time is in the divisor too, so that the one of pictures says
what the machine does in OCR. With --one-of-many all documents but one are one user's, and the last
to come is the other's.

Exits 1 where a document is lost or doubled, more ran at once than may, a user waits more than twice
as long as another, or the pictures take the whole platform more than two seconds of CPU each.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.crowd import MIXED, PICTURES, Outcome, faults, send
from tests.support.deployed import Deployed, copy

GOAL_PAGES = 0.5
"""OCR pages per second and core."""


def limited(system: Deployed, at_once: int) -> None:
    """The project with that many documents at once."""
    settings = system.folder / "Pulumi.local.yaml"
    settings.write_text(f"{settings.read_text()}  pilaster:admission: {{at_once: {at_once}}}\n")


def deploy(system: Deployed) -> None:
    """Deploys; once more where a busy machine lost an answer, which the next `up` finds out."""
    if system.pilaster("up", timeout=600).code != 0:
        system.up()


def told(outcome: Outcome) -> list[str]:
    """What was measured, a line each."""
    cores, (before, after) = os.cpu_count() or 1, outcome.load
    seconds, cpu = outcome.seconds, outcome.cpu_seconds
    by_clock, by_cpu = outcome.pages / seconds / cores, pages_per_cpu_second(outcome)
    by_reading = outcome.pages / max(outcome.reading_seconds, 0.01)
    by_task = ", ".join(f"{task} {spent:.1f} s" for task, spent in outcome.cpu.items() if spent > 1)
    return [
        f"documents           {outcome.documents} of {len(outcome.sent)} users",
        f"seconds             {seconds:.0f} on {cores} cores, load {before:.1f} and {after:.1f}",
        f"documents a minute  {outcome.documents / seconds * 60:.1f}",
        f"OCR pages           {outcome.pages}, a second and core:",
        f"                    {by_cpu:.2f} by the CPU time of the whole platform",
        f"                    {by_reading:.2f} by that of the functions that prepare and read",
        f"                    {by_clock:.2f} by the clock",
        f"CPU                 {cpu / outcome.documents:.2f} s a document, "
        f"{cpu / seconds / cores:.0%} of the cores",
        f"CPU by task         {by_task}",
        f"runs at once        {outcome.most_at_once} at most",
        f"mean wait by user   {', '.join(f'{each:.0f} s' for each in outcome.waits)}",
        f"others first        {', '.join(map(str, outcome.behind))} answers while each user "
        "waited for the first",
        f"mean of each step   {', '.join(f'{k} {v:.2f} s' for k, v in outcome.steps.items())}",
    ]


def pages_per_cpu_second(outcome: Outcome) -> float:
    return outcome.pages / outcome.cpu_seconds


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
            send(system, [2 * given.at_once])
            mixed = send(system, shares, MIXED)
            pictures = send(system, shares, PICTURES)
        finally:
            system.pilaster("down", "--purge")
    print(f"at once             {given.at_once} may be worked on")
    wrong: list[str] = []
    for what, outcome in (("half are text PDFs", mixed), ("pictures alone", pictures)):
        print("", what, *told(outcome), sep="\n")
        wrong += faults(outcome, given.at_once)
        slowest, fastest = max(outcome.waits), min(outcome.waits)
        if not given.one_of_many and slowest > 2 * fastest:
            wrong.append(f"one user waited {slowest:.0f} s on average, another {fastest:.0f} s")
    if (pages := pages_per_cpu_second(pictures)) < GOAL_PAGES:
        wrong.append(f"{pages:.2f} OCR pages a second of CPU, {GOAL_PAGES} is the goal")
    print("", "\n".join(wrong) or "none lost, none doubled", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
