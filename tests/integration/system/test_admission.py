"""Who is worked on when more come than may be at once: none lost, none doubled, all in turn."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pilaster_cli.api import Api

from benchmarks.crowd import Outcome, faults, send
from lambdas.documents.aws.adapters.admission import DynamoAdmission
from lambdas.documents.model.admission import GRACE_SECONDS, Lease, Slots, Waiting
from lambdas.documents.use_cases import admit as use
from tests.support.deployed import SAMPLES, Deployed
from tests.support.local_cloud import eventually
from tests.unit.lambdas.documents.reading.drawing import grid_pdf, week

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

QUICK = SAMPLES / "pupil.pdf"
PREFIX = "pilaster-local-documents-pipeline"
TO_BE_SURE_SECONDS = 3
AN_HOUR = 3600


class Door:
    """The waiting room of a deployed system, and who is let in."""

    def __init__(self, system: Deployed) -> None:
        self._system = system
        found = system.client("lambda").get_function_configuration(
            FunctionName=f"{PREFIX}-admission-dispatch"
        )
        variables = found["Environment"]["Variables"]
        self.at_once = int(variables["AT_ONCE"])
        self.admission = DynamoAdmission(variables["ADMISSION_TABLE"], system.client("dynamodb"))
        self._states, self._machine = system.client("stepfunctions"), variables["STATE_MACHINE_ARN"]
        self._sqs = system.client("sqs")
        self.uploads = self._queue(f"{PREFIX}-uploads")
        self._ended = self._queue(f"{PREFIX}-admission")

    def _queue(self, name: str) -> str:
        return self._sqs.get_queue_url(QueueName=name)["QueueUrl"]

    def slots(self) -> Slots:
        return self.admission.slots()

    def waiting(self) -> list[Waiting]:
        return list(self.admission.next(100))

    def take(self, count: int) -> list[str]:
        """So many places are taken, by runs that nobody ever hears of, nor asks after yet."""
        names = [f"nobody-{uuid.uuid4()}" for _ in range(count)]
        self.change(lambda slots: _with(slots, names, since=int(time.time()) + AN_HOUR))
        return names

    def change(self, how: Any, admitted: list[Waiting] | None = None) -> None:
        def once() -> bool:
            slots = self.slots()
            after = replace(how(slots), version=slots.version + 1)
            return self.admission.replace(slots, after, admitted=admitted or [])

        eventually(once, 10)

    def say_ended(self, *names: str) -> None:
        """What the bus tells of runs that ended, as the rule sends it."""
        for name in names:
            body = {"source": "aws.states", "detail": {"name": name, "status": "SUCCEEDED"}}
            self._sqs.send_message(QueueUrl=self._ended, MessageBody=json.dumps(body))

    def send(self, url: str, message: dict[str, Any]) -> None:
        self._sqs.send_message(QueueUrl=url, MessageBody=json.dumps(message))

    def idle(self, url: str) -> bool:
        """Whether everything sent there was worked on."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return all(told[name] == "0" for name in names)

    def runs(self) -> dict[str, dict[str, Any]]:
        """Every run there is or was, by its name."""
        pages = self._states.get_paginator("list_executions").paginate(
            stateMachineArn=self._machine
        )
        return {each["name"]: each for page in pages for each in page["executions"]}

    def free_all(self) -> None:
        made_up = [name for name in self.slots().leases if name.startswith("nobody-")]
        if made_up:
            use.free(made_up, admission=self.admission)


def _with(slots: Slots, names: list[str], *, since: int) -> Slots:
    lease = Lease(since=since, until=since + AN_HOUR)
    return replace(slots, leases={**slots.leases, **dict.fromkeys(names, lease)})


@pytest.fixture(scope="module")
def doors(system: Deployed) -> Door:
    return Door(system)


@pytest.fixture
def door(doors: Door) -> Iterator[Door]:
    """Everybody before has left it."""
    door = doors
    eventually(lambda: not door.slots().leases and not door.waiting(), 120)
    yield door
    door.free_all()


def uploaded(api: Api, door: Door) -> str:
    """A document of theirs, in line by now."""
    document = api.upload(QUICK)
    eventually(lambda: _run_of(door, document) or _place_of(door, document), 60)
    return document


def _place_of(door: Door, document: str) -> Waiting | None:
    return next((each for each in door.waiting() if each.job.run.document == document), None)


def _run_of(door: Door, document: str) -> str | None:
    return next((name for name in door.runs() if name.startswith(document)), None)


def answered(api: Api, document: str, seconds: float = 120) -> dict[str, Any]:
    return api.wait(document, timeout_seconds=seconds, seen=lambda _: None)


def test_the_same_notice_five_times_is_one_run(system: Deployed, door: Door) -> None:
    """Each event may come again, in any order, and after the run has ended."""
    api = system.user()
    document = api.upload(QUICK)
    assert answered(api, document)["status"] == "completed"
    bucket = system.outputs["documents_bucket"]
    [run] = [name for name in door.runs() if name.startswith(document)]
    job = door.admission.known(run)
    assert job is not None
    tell = {
        "version": "0",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "detail": {
            "bucket": {"name": bucket},
            "object": {"key": job.run.key, "size": 1, **_told(job.run.version)},
        },
    }
    for _ in range(5):
        door.send(door.uploads, tell)
    eventually(lambda: door.idle(door.uploads), 60)
    assert [name for name in door.runs() if name.startswith(document)] == [run]
    assert _place_of(door, document) is None


def _told(version: str) -> dict[str, str]:
    """The upload's version as S3 tells it: a version id, or a sequencer and an entity tag."""
    sequencer, dash, tag = version.partition("-")
    return {"sequencer": sequencer, "etag": tag} if dash else {"version-id": version}


def test_who_waits_is_served_in_order_and_users_take_turns(system: Deployed, door: Door) -> None:
    ann, ben = system.user(), system.user()
    taken = door.take(door.at_once)
    first, second, third = (uploaded(ann, door) for _ in range(3))
    bens = uploaded(ben, door)
    time.sleep(TO_BE_SURE_SECONDS)
    assert [each.job.run.document for each in door.waiting()] == [first, bens, second, third]
    door.say_ended(taken[0])
    for api, document in ((ann, first), (ben, bens), (ann, second), (ann, third)):
        assert answered(api, document)["status"] == "completed"
    order = [first, bens, second, third]
    ours = [run for name, run in door.runs().items() if name[:36] in order]
    ours.sort(key=lambda run: run["startDate"])
    assert [run["name"][:36] for run in ours] == order
    # With one place there was one at a time.
    for before, after in pairwise(ours):
        assert before["stopDate"] <= after["startDate"]


def test_of_many_at_once_no_more_run_than_may(system: Deployed, door: Door) -> None:
    outcome = send(system, [6, 6, 6])
    assert faults(outcome, door.at_once) == []
    assert outcome.most_at_once > 1, "they were not at once at all"
    eventually(lambda: not door.slots().leases and not door.waiting(), 30)


def test_a_crash_between_lease_and_start_heals_and_so_does_an_end_nobody_heard_of(
    system: Deployed, door: Door
) -> None:
    """By the minute's own message: nothing else comes."""
    api = system.user()
    door.take(door.at_once)
    crashed, behind = uploaded(api, door), uploaded(api, door)
    place = _place_of(door, crashed)
    assert place is not None
    long_ago = int(time.time()) - GRACE_SECONDS

    def as_it_was_left(slots: Slots) -> Slots:
        """The first got the place of one of the others, and its starter died before the start."""
        names = [*list(slots.leases)[1:], place.job.name]
        return _with(replace(slots, leases={}, turn=place.turn), names, since=long_ago)

    door.change(as_it_was_left, admitted=[place])
    assert _run_of(door, crashed) is None
    for document in (crashed, behind):
        assert answered(api, document)["status"] == "completed"
    assert len([name for name in door.runs() if name.startswith(crashed)]) == 1
    eventually(lambda: not door.slots().leases, 30)


def test_a_document_that_waits_for_a_person_holds_no_place(
    system: Deployed, door: Door, tmp_path: Path
) -> None:
    api = system.user()
    door.take(door.at_once - 1)
    unsure = api.upload(_unsure(tmp_path))
    assert answered(api, unsure)["status"] == "needs_review"
    try:
        after = uploaded(api, door)
        assert answered(api, after)["status"] == "completed"
        name = _run_of(door, unsure)
        assert name is not None
        assert door.runs()[name]["status"] == "RUNNING"
        assert name not in door.slots().leases
    finally:
        api.delete(unsure)


def _unsure(folder: Path) -> Path:
    """A timetable with a gap that the reader wants looked at."""
    times = ("08:45 - 09:00", "09:00 - 10:00", "10:00 - 10:20", "10:20 - 11:20", "13:45 - 14:45")
    lessons = [
        ["Registration"] * 5,
        ["Maths", "English", "Maths", "Science", "Art"],
        ["Break"] * 5,
        ["History", "Chess", "Music", "French", "Drama"],
        ["Science", "Maths", "Geography", "Latin", "Computing"],
    ]
    file = folder / "unsure.pdf"
    file.write_bytes(grid_pdf(week(lessons, times=times)))
    return file


def place_of(outcome: Outcome, user: int) -> int:
    """Which answer, counted from 1, was the user's first."""
    return [whose for _, whose in outcome.order].index(user) + 1


@pytest.mark.long
def test_of_five_users_with_twenty_each_none_is_more_than_twice_as_slow(
    system: Deployed, door: Door
) -> None:
    outcome = send(system, [20] * 5)
    assert faults(outcome, door.at_once) == []
    assert outcome.documents == 100
    assert max(outcome.waits) <= 2 * min(outcome.waits), outcome.waits


@pytest.mark.long
def test_one_document_is_not_behind_the_ninety_five_of_another(
    system: Deployed, door: Door
) -> None:
    """All wait before the first is let in: else how many were answered before the one was even sent
    would say how quickly this machine uploads."""
    taken = door.take(door.at_once)
    with ThreadPoolExecutor(1) as aside:
        crowd = aside.submit(send, system, [95, 1])
        try:
            eventually(lambda: crowd.done() or len(door.waiting()) == 96, 600)
        finally:
            door.say_ended(*taken)
        outcome = crowd.result()
    assert faults(outcome, door.at_once) == []
    place = place_of(outcome, 1)
    # Of those let in together any may be quickest; the next are let in as these end.
    assert place <= 2 * door.at_once, f"it was answered as number {place}"
