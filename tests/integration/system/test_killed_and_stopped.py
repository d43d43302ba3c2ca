"""What breaks under a document: functions killed in the middle, runs stopped and out of time."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pilaster_cli.api import Api

from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run
from tests.support.deployed import SAMPLES, Deployed
from tests.support.function_processes import end_idle, kill_next
from tests.support.local_cloud import eventually
from tests.support.walks import Walk, Walks, listening, names_of

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def owner(system: Deployed) -> Api:
    return system.user()


@pytest.fixture(scope="module")
def walks(system: Deployed) -> Iterator[Walks]:
    with listening(system) as ear:
        yield Walks(system, ear)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """One whose bytes nobody has sent before: what is known of others is of no use."""
    file = tmp_path / "week.png"
    file.write_bytes((SAMPLES / "demo.png").read_bytes() + os.urandom(8))
    return file


def run_of(system: Deployed, document: str) -> Walk:
    """The document's run, once there is one."""
    states, machine = system.client("stepfunctions"), system.outputs["state_machine_arn"]

    def found() -> str | None:
        listed = states.list_executions(stateMachineArn=machine)["executions"]
        arns = [each["executionArn"] for each in listed if document in each["name"]]
        return arns[0] if arns else None

    run = Run(document=DocumentId(document), user=UserId(""), bucket="", key="", version="")
    return Walk(run=run, execution=eventually(found, 60), answer="approved")


@pytest.mark.parametrize("step", ["classify", "preprocess", "read", "interpret", "save"])
def test_a_function_that_is_killed_leaves_one_answer(
    system: Deployed, walks: Walks, owner: Api, picture: Path, step: str
) -> None:
    function = names_of(system) + step
    end_idle(system, function)
    killer = threading.Thread(target=kill_next, args=(system, function))
    killer.start()
    walk = run_of(system, owner.upload(picture))
    walks.finish(walk)
    killer.join()
    walks.settle([walk])
    failures = [each["taskFailedEventDetails"] for each in walks.history(walk)
                if each["type"] == "TaskFailed"]  # fmt: skip
    assert [each["error"] for each in failures] == ["Runtime.ExitError"]
    # What was judged before is not thrown away: only its saving was killed.
    ends = "completed" if step == "save" else "failed"
    assert walk.document["status"] == ends, walk.entered
    assert walk.document["timetables"] == (step == "save")
    jobs = {name: count for name, count in walk.told.items() if name.startswith("job.")}
    assert jobs == {"job.completed" if step == "save" else "job.failed": 1}


def test_a_run_that_is_stopped_from_outside_fails_its_document_once(
    system: Deployed, walks: Walks, owner: Api, picture: Path
) -> None:
    end_idle(system, names_of(system) + "read")
    walk = run_of(system, owner.upload(picture))
    system.client("stepfunctions").stop_execution(executionArn=walk.execution)
    failed_once(walks, walk, "ABORTED")


def test_a_run_that_is_out_of_time_fails_its_document_once(
    system: Deployed, walks: Walks, owner: Api, picture: Path
) -> None:
    for step in ("classify", "preprocess", "read"):
        end_idle(system, names_of(system) + step)
    with _time(system, seconds=1):
        walk = run_of(system, owner.upload(picture))
        failed_once(walks, walk, "TIMED_OUT")


def failed_once(walks: Walks, walk: Walk, status: str) -> None:
    walks.finish(walk)
    walks.settle([walk])
    assert walk.status == status
    assert (walk.document["status"], walk.document["timetables"]) == ("failed", 0)
    assert "interrupted on our side" in walk.document["reason"]
    jobs = {name: count for name, count in walk.told.items() if name.startswith("job.")}
    assert jobs == {"job.failed": 1}


@contextmanager
def _time(system: Deployed, *, seconds: int) -> Iterator[None]:
    """Runs that begin in the block have so long."""
    states, arn = system.client("stepfunctions"), system.outputs["state_machine_arn"]
    before = states.describe_state_machine(stateMachineArn=arn)["definition"]
    short = json.dumps({**json.loads(before), "TimeoutSeconds": seconds})
    states.update_state_machine(stateMachineArn=arn, definition=short)
    try:
        yield
    finally:
        states.update_state_machine(stateMachineArn=arn, definition=before)
