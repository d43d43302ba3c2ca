"""The platform stopped, started and killed under a system that holds documents."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from pilaster_cli.api import Api

from tests.support.deployed import SAMPLES, Deployed
from tests.support.function_processes import held
from tests.support.local_cloud import eventually
from tests.support.walks import names_of

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


def test_what_is_stopped_leaves_nothing_running_and_comes_back_with_its_documents(
    system: Deployed,
) -> None:
    [before] = system.process(SAMPLES / "list.png")
    running = system.status
    assert system.pilaster("down").code == 0
    assert [name for name, pid in running["processes"].items() if alive(pid)] == []
    for port in (int(running["endpoint"].rpartition(":")[2]), running["database_port"]):
        with socket.socket() as knock:
            assert knock.connect_ex(("127.0.0.1", port)) != 0
    assert set(system.up()) == {"same"}
    account = Api(system.outputs["api_url"])
    kept = (system.folder / ".pilaster" / "local" / "account.json").read_text()
    account.login(**json.loads(kept))
    again = account.document(before["document_id"])
    assert again["timetable"]["blocks"] == before["blocks"]


def alive(pid: int) -> bool:
    """Whether it runs; one that ended and that nobody has asked for yet does not."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_killed_emulator_is_made_again_and_the_database_keeps_its_rows(system: Deployed) -> None:
    """What the emulator forgot is made again; what the database holds was never lost."""
    [before] = system.process(SAMPLES / "list.png")
    os.kill(system.status["processes"]["emulator"], signal.SIGKILL)
    system.up()
    assert set(system.up()) == {"same"}
    [after] = system.process(SAMPLES / "list.png")
    assert after["status"] == "completed"
    assert rows(system) >= {before["document_id"], after["document_id"]}


def rows(system: Deployed) -> set[str]:
    """Ids of all documents, asked of the database itself through the Data API."""
    clusters = system.client("rds").describe_db_clusters()["DBClusters"]
    [cluster] = clusters
    answer = system.client("rds-data").execute_statement(
        resourceArn=cluster["DBClusterArn"],
        secretArn=cluster["MasterUserSecret"]["SecretArn"],
        database="documents",
        sql="SELECT id::text FROM documents WHERE status = 'completed'",
    )
    return {row[0]["stringValue"] for row in answer["records"]}


def test_a_document_in_work_when_the_platform_stops_gets_its_answer_all_the_same(
    system: Deployed,
) -> None:
    """The run begins again at the next start; the document is completed once."""
    owner = system.user()
    document = owner.upload(SAMPLES / "demo.png")
    assert system.pilaster("down").code == 0
    system.up()
    answer = owner.wait(document, timeout_seconds=60, seen=lambda _: None)
    assert answer["status"] == "completed"
    assert document in rows(system)


def test_process_waits_through_a_stop_and_says_which_steps_were_kept(
    system: Deployed, tmp_path: Path
) -> None:
    """Who reads is held meanwhile: the stop comes in the middle of it, however quick the machine is
    and whatever `down` has to load before it stops anything."""
    first, second = (_fresh(tmp_path / name) for name in ("first.png", "second.png"))
    [warm] = system.process(first)
    assert warm["status"] == "completed"
    states, machine = system.client("stepfunctions"), system.outputs["state_machine_arn"]

    def running() -> set[str]:
        found = states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
        return {each["executionArn"] for each in found["executions"]}

    others = running()  # they wait for a person, and were read before

    def entered() -> list[str]:
        return [
            event["stateEnteredEventDetails"]["name"]
            for each in running() - others
            for event in states.get_execution_history(executionArn=each)["events"]
            if event["type"] == "TaskStateEntered"
        ]

    ran: list[Any] = []
    asking = threading.Thread(
        target=lambda: ran.append(system.pilaster("process", "--json", str(second)))
    )
    with held(system, f"{names_of(system)}read"):
        asking.start()
        eventually(lambda: "read" in entered(), 60)
        assert system.pilaster("down").code == 0
    system.up()
    asking.join(timeout=240)
    [answered] = ran
    assert answered.code == 0, answered.err
    [document] = json.loads(answered.out)
    assert document["status"] == "completed"
    [noted] = document["resumed"]
    assert noted["after"] == "interruption"
    assert noted["kept"] == ["classify", "preprocess"]
    assert noted["again"] == ["read"]


def _fresh(file: Path) -> Path:
    """A picture nobody has read yet: one that was would be answered from the cache."""
    file.write_bytes((SAMPLES / "demo.png").read_bytes() + os.urandom(8))
    return file
