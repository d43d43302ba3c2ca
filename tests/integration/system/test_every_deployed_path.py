"""Every path of the deployed state machine: each step fails with each error, once and for good.

The same in memory, over more ways and in a second, is tests/unit/systems/test_every_path.py. Here
the definition is the one that `up` made, run by the local cloud; see tests/support/walks.py.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from lambdas.documents.aws import workflow
from tests.support.deployed import Deployed
from tests.support.walks import AT_ONCE, Fails, Walk, Walks, scripted

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

NAMED = tuple(error.__name__ for error in workflow.NAMED)
OF_THE_PLATFORM = ("Lambda.Unknown", "Runtime.ExitError", "Sandbox.Timedout", "States.Timeout")
ERRORS = (*NAMED, "StepFailedError", *OF_THE_PLATFORM)
PASSING = ("DatabaseUnavailableError", "ReaderUnavailableError", "StorageUnavailableError")
NOBODY_WAITS = ("DocumentGoneError", "OvertakenError")
ONCE = ("DatabaseUnavailableError", "Runtime.ExitError", "StepFailedError")
"""One that is retried, one of the platform's, one of ours."""
FOR_GOOD = 10**6

WAYS = {
    "text": ({"kind": "text_pdf", "verdict": "complete"}, None, "completed"),
    "picture": ({"kind": "picture", "verdict": "complete"}, None, "completed"),
    "cached": ({"kind": "picture", "verdict": "complete", "cached": True}, None, "completed"),
    "refused": ({"refused": True}, None, "rejected"),
    "no timetable": ({"kind": "photo", "verdict": "refused"}, None, "rejected"),
    "approved": ({"kind": "photo", "verdict": "person"}, "approved", "completed"),
    "not a week": ({"kind": "photo", "verdict": "person"}, "refused", "rejected"),
    "nobody": ({"kind": "photo", "verdict": "person"}, None, "expired"),
    "read before": (
        {"kind": "photo", "verdict": "person", "cached": True},
        "approved",
        "completed",
    ),
}
"""What the steps find, what a reviewer answers, and how it ends where nothing fails."""
LIES = "the step says that nobody waits for the document, which waits"


@dataclass(frozen=True, kw_only=True)
class Path:
    """A step that fails on a document's way, and how that ends."""

    way: str
    step: str
    error: str
    once: bool
    ends: str

    @property
    def failing(self) -> list[Fails]:
        times = 1 if self.once else FOR_GOOD
        match self.step:
            case "save decision":  # the second call of `save`
                return [Fails(function="save", error=self.error, first=2, last=1 + times)]
            case "save failure":
                broken = Fails(function="classify", error="StepFailedError")
                return [broken, Fails(function="save", error=self.error, last=times)]
            case "ask":
                return [Fails(function="request-review", error=self.error, last=times)]
            case "straighten":
                return [Fails(function="preprocess", error=self.error, last=times)]
            case step:
                function = step.replace(" ", "-")
                return [Fails(function=function, error=self.error, last=times)]


def paths() -> Iterator[Path]:
    steps = {
        **dict.fromkeys(("classify", "preprocess", "read", "interpret"), "picture"),
        "save": "picture",
        "save failure": "picture",
        "ask": "approved",
        "save decision": "approved",
        "close review": "nobody",
        "straighten": "read before",
    }
    for (step, way), error, once in itertools.product(steps.items(), ERRORS, (True, False)):
        # What errors have in common is walked once: all of them, and in both ways, are in memory.
        if once and error not in ONCE:
            continue
        ends = _ends(way, step, error, once=once)
        yield Path(way=way, step=step, error=error, once=once, ends=ends)


def _ends(way: str, step: str, error: str, *, once: bool) -> str:
    """The document's status."""
    free = WAYS[way][2]
    if step == "straighten":
        return free  # whoever is asked sees the page as it came
    if step == "save failure":
        return LIES if error in NOBODY_WAITS else "failed"
    if once and error in PASSING:
        return free
    if step in ("save", "save decision"):
        if error in NOBODY_WAITS:
            return LIES
        # A decision that was given stands, whoever writes it down.
        return free if once or step == "save decision" else "failed"
    return "failed"


@pytest.fixture(scope="module")
def walks(system: Deployed) -> Iterator[Walks]:
    with scripted(system) as walks:
        yield walks


def walked(walks: Walks, cases: list[Path]) -> list[tuple[Path, Walk]]:
    def one(path: Path) -> Walk:
        found, answer, _ = WAYS[path.way]
        walk = walks.start(found, path.failing, answer=answer)
        walks.finish(walk)
        return walk

    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(one, cases))
    walks.settle(done)
    return list(zip(cases, done, strict=True))


def answered(walks: Walks, walk: Walk, ends: str) -> None:
    """What is so after every run."""
    document = walk.document
    if ends == LIES:
        assert (walk.status, walk.entered[-1]) == ("SUCCEEDED", "gone"), walk.entered
        return
    assert document["status"] == ends, (document, walk.entered)
    assert document["timetables"] == (ends == "completed")
    assert bool(document["reason"]) == (ends != "completed")
    jobs = {name: count for name, count in walk.told.items() if name.startswith("job.")}
    assert jobs == {"job.failed" if ends == "failed" else "job.completed": 1}
    assert walk.said == {ends}
    assert walk.status == "FAILED" or ends != "failed", "a failed document is a failed run"
    review = walks.reviews.get(walk.run.document)
    assert review is None or review.status.value != "open"
    assert walk.told["hitl.requested"] == (review is not None or "say waiting" in walk.entered)


def test_each_way_leads_to_its_end(walks: Walks) -> None:
    free = [
        Path(way=way, step="none", error="none", once=True, ends=ends)
        for way, (_, _, ends) in WAYS.items()
    ]
    for path, walk in walked(walks, free):
        answered(walks, walk, path.ends)
        assert walk.status == "SUCCEEDED"
        if WAYS[path.way][0].get("verdict") != "person":
            assert len(walk.entered) <= 12, walk.entered


def test_each_step_fails_for_good_and_nothing_is_stuck(walks: Walks) -> None:
    all_went_well(walks, [each for each in paths() if each.error == "Runtime.ExitError"])


@pytest.mark.long
def test_each_step_fails_with_each_error_once_and_for_good_and_nothing_is_stuck(
    walks: Walks,
) -> None:
    all_went_well(walks, list(paths()))


def all_went_well(walks: Walks, cases: list[Path]) -> None:
    wrong = list[str]()
    taken = set[str]()
    for path, walk in walked(walks, cases):
        taken |= set(walk.entered)
        try:
            assert path.step in walk.entered, walk.entered
            answered(walks, walk, path.ends)
        except AssertionError as error:
            wrong.append(f"{path}: {str(error).splitlines()[0]}")
    assert not wrong, "\n".join([f"{len(wrong)} of {len(cases)}:", *wrong[:20]])
    gone = {"gone"} if all(each.ends != LIES for each in cases) else set[str]()
    assert set(walks.definition["States"]) - taken == gone, "a state no walk has come to"


@pytest.mark.parametrize("way", ["picture", "approved", "refused"])
def test_a_bus_that_does_not_listen_changes_no_answer_which_is_told_later(
    system: Deployed, walks: Walks, way: str
) -> None:
    found, answer, ends = WAYS[way]
    with _deaf(system):
        walk = walks.start(found, answer=answer)
        walks.finish(walk)
    walks.settle([walk])
    assert (walk.status, walk.entered[-1]) == ("FAILED", "tell")
    assert walk.document["status"] == ends
    assert walk.told == {"job.completed": 1}
    assert walk.said == {ends}


@contextmanager
def _deaf(system: Deployed) -> Iterator[None]:
    """The state machine may not speak on the bus; others may."""
    states, iam = system.client("stepfunctions"), system.client("iam")
    machine = states.describe_state_machine(stateMachineArn=system.outputs["state_machine_arn"])
    silence = {"Effect": "Deny", "Action": "events:PutEvents", "Resource": "*"}
    role = {"RoleName": machine["roleArn"].rpartition("/")[2], "PolicyName": "silence"}
    document = {"Version": "2012-10-17", "Statement": [silence]}
    iam.put_role_policy(**role, PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.delete_role_policy(**role)
