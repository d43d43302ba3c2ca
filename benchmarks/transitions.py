"""Transitions and bytes of state of each sample's run, as the local cloud's Step Functions ran it.

python -m benchmarks.transitions [FILE ...]

A copy of the project is deployed for it and purged afterwards. AWS bills a state that is entered,
and each retry, as one transition, and takes 256 KB of state. Exits 1 where a run that asked nobody
took more than twelve, or a state has more than 8 KB.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.deployed import SAMPLES, Deployed, copy

MOST = 12
LARGEST_BYTES = 8 * 1024
SECONDS = 180


@dataclass(frozen=True, kw_only=True)
class Count:
    """What one document's run took so far: one that waits for a person has not ended."""

    name: str
    status: str
    """The document's."""
    transitions: int
    largest_bytes: int
    """Of the largest state that went into or came out of a step."""
    tasks: int
    """Calls of functions and of the bus."""


def count(system: Deployed, files: Iterable[Path]) -> list[Count]:
    """Each file as a document of its own, one after the other."""
    owner, states = system.user(), system.client("stepfunctions")
    machine = system.outputs["state_machine_arn"]
    found: list[Count] = []
    for file in files:
        document = owner.upload(file)
        status = owner.wait(document, timeout_seconds=SECONDS, seen=lambda _: None)["status"]
        listed = states.list_executions(stateMachineArn=machine, maxResults=1000)["executions"]
        [run] = [each for each in listed if document in each["name"]]
        _last_word(states, run["executionArn"], status)
        found.append(_counted(file.name, status, _events(states, run["executionArn"])))
    return found


def _last_word(states: Any, execution: str, status: str) -> None:
    """Until the run has said it; the books know the answer a little before."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if status == "needs_review":
            if "ask" in _entered(_events(states, execution)):
                return
        elif states.describe_execution(executionArn=execution)["status"] != "RUNNING":
            return
        time.sleep(0.1)
    raise SystemExit(f"{execution} is {status} and goes on")


def _events(states: Any, execution: str) -> list[dict[str, Any]]:
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution)
    return [each for page in pages for each in page["events"]]


def _entered(events: list[dict[str, Any]]) -> list[str]:
    found = (each.get("stateEnteredEventDetails") for each in events)
    return [each["name"] for each in found if each]


def _counted(name: str, status: str, events: list[dict[str, Any]]) -> Count:
    entered = _entered(events)
    scheduled = sum(each["type"] == "TaskScheduled" for each in events)
    tasks = sum(each["type"] == "TaskStateEntered" for each in events)
    details = (
        each.get("stateEnteredEventDetails") or each.get("stateExitedEventDetails") or {}
        for each in events
    )
    sizes = [len((each.get("input") or each.get("output") or "").encode()) for each in details]
    return Count(
        name=name,
        status=status,
        transitions=len(entered) + scheduled - tasks,
        largest_bytes=max(sizes),
        tasks=scheduled,
    )


def table(counts: Iterable[Count]) -> str:
    lines = [f"{'sample':<16}{'status':<14}{'transitions':>12}{'tasks':>7}{'largest state':>15}"]
    lines += [
        f"{each.name:<16}{each.status:<14}{each.transitions:>12}{each.tasks:>7}"
        f"{each.largest_bytes:>13} B"
        for each in counts
    ]
    return "\n".join(lines)


def faults(counts: Iterable[Count]) -> list[str]:
    """What is more than it may be."""
    return [
        f"{each.name}: {each.transitions} transitions, {each.largest_bytes} bytes of state"
        for each in counts
        if each.largest_bytes > LARGEST_BYTES
        or (each.transitions > MOST and each.status != "needs_review")
    ]


def samples() -> list[Path]:
    return sorted(each for each in SAMPLES.iterdir() if each.suffix != ".json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        system = copy(Path(folder) / "system")
        try:
            system.up()
            found = count(system, asked.files or samples())
        finally:
            system.pilaster("down", "--purge")
    print(table(found))
    if wrong := faults(found):
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
