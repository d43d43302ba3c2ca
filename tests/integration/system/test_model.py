"""Documents the reader is not sure of, with the stub in the place of a language model."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
import yaml
from pilaster_cli.api import Api

from lambdas.documents.extracting.slots import blocks_of
from lambdas.documents.reading.classify import classify
from lambdas.documents.reading.read import read
from tests.support.deployed import Deployed
from tests.support.patient import http
from tests.unit.lambdas.documents.reading.drawing import grid_pdf, week

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

TIMES = ("08:45 - 09:00", "09:00 - 10:00", "10:00 - 10:20", "10:20 - 11:20", "13:45 - 14:45")
"""Nothing stands before the last: the reader wants a second look."""


def set_model(deployed: Deployed, **model: Any) -> None:
    path = deployed.folder / "Pulumi.local.yaml"
    stack = yaml.safe_load(path.read_text())
    stack["config"]["pilaster:model"] = model
    path.write_text(yaml.safe_dump(stack))


@pytest.fixture(scope="module")
def stubbed(system: Deployed) -> Iterator[Deployed]:
    """The system all tests share, with the stub for a model until the last test here."""
    path = system.folder / "Pulumi.local.yaml"
    before = path.read_text()
    set_model(system, service="stub")
    try:
        system.up()
        yield system
    finally:
        path.write_text(before)
        system.up()


@pytest.fixture(scope="module")
def alice(stubbed: Deployed) -> Api:
    return stubbed.user()


@pytest.fixture(autouse=True)
def rested(stubbed: Deployed) -> None:
    """Nothing of an earlier test is left in the circuit or the budget."""
    table = model_table(stubbed)
    dynamodb = stubbed.client("dynamodb")
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"key": item["key"]})


def model_table(stubbed: Deployed) -> str:
    names = stubbed.client("dynamodb").list_tables()["TableNames"]
    return next(name for name in names if name.endswith("documents-model"))


def script(stubbed: Deployed, *lines: dict[str, Any]) -> None:
    folder = stubbed.folder / ".pilaster" / "local" / "emulator"
    (folder / "model-script.json").write_text(json.dumps(lines))


def asked(stubbed: Deployed) -> dict[str, Any]:
    return http.get(f"{stubbed.status['endpoint']}/_pilaster/model").json()


class Drawn:
    """A timetable nobody has seen before, and what stands in it."""

    def __init__(self, folder: Path, name: str) -> None:
        lessons = [
            ["Registration"] * 5,
            ["Maths", "English", "Maths", "Science", "Art"],
            ["Break"] * 5,
            ["History", name, "Music", "French", "Drama"],
            ["Science", "Maths", "Geography", "Latin", "Computing"],
        ]
        data = grid_pdf(week(lessons, times=TIMES))
        self.file = folder / f"{name}.pdf"
        self.file.write_bytes(data)
        found = blocks_of(read(data, classify(data)))
        self.blocks: list[dict[str, Any]] = [
            {"day": b.day, "start": b.start, "end": b.end, "title": b.title, "notes": b.notes}
            for b in found
        ]

    def as_picture(self) -> Drawn:
        """The same as a PNG, which has to be read."""
        with pdfium.PdfDocument(self.file) as document:
            picture = document[0].render(scale=2).to_pil().convert("RGB")
        self.file = self.file.with_suffix(".png")
        picture.save(self.file)
        return self


def sent(api: Api, drawn: Drawn, seconds: float = 60) -> dict[str, Any]:
    return api.wait(api.upload(drawn.file), timeout_seconds=seconds, seen=lambda _: None)


def by_place(blocks: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((block["day"], block["start"]) for block in blocks)


def test_an_answer_whose_every_word_is_on_the_page_completes_by_the_model(
    stubbed: Deployed, alice: Api, tmp_path: Path
) -> None:
    drawn = Drawn(tmp_path, "Chess")
    script(stubbed, {"input": {"blocks": drawn.blocks}})
    document = sent(alice, drawn)
    assert document["status"] == "completed", document["reason"]
    assert document["route"] == ["text", "llm"]
    assert by_place(document["timetable"]["blocks"]) == by_place(drawn.blocks)
    assert asked(stubbed) == {"model": "pilaster-stub-no-model", "asked": 1, "lines": 0}


def test_a_picture_whose_times_the_model_had_to_read_itself_completes_by_it(
    stubbed: Deployed, alice: Api, tmp_path: Path
) -> None:
    drawn = Drawn(tmp_path, "Karate").as_picture()
    script(stubbed, {"input": {"blocks": drawn.blocks}})
    document = sent(alice, drawn)
    assert document["status"] == "completed", document["reason"]
    assert document["route"] == ["ocr", "llm"]
    assert by_place(document["timetable"]["blocks"]) == by_place(drawn.blocks)


def test_the_same_file_again_is_answered_without_asking(
    stubbed: Deployed, alice: Api, tmp_path: Path
) -> None:
    drawn = Drawn(tmp_path, "Rugby")
    script(stubbed, {"input": {"blocks": drawn.blocks}})
    assert sent(alice, drawn)["status"] == "completed"
    assert sent(alice, drawn)["status"] == "completed"
    assert asked(stubbed)["asked"] == 1


def test_an_invented_time_is_for_a_person(stubbed: Deployed, alice: Api, tmp_path: Path) -> None:
    drawn = Drawn(tmp_path, "Judo")
    blocks = [{**b, "end": "14:30"} if b["end"] == "14:45" else b for b in drawn.blocks]
    script(stubbed, {"input": {"blocks": blocks}})
    document = sent(alice, drawn)
    assert document["status"] == "needs_review"
    assert document["timetable"] is None
    assert "13:45-14:30" in document["reason"]


def test_real_words_on_the_wrong_days_are_for_a_person(
    stubbed: Deployed, alice: Api, tmp_path: Path
) -> None:
    drawn = Drawn(tmp_path, "Yoga")
    days = {"monday": "tuesday", "tuesday": "monday"}
    blocks = [{**b, "day": days.get(b["day"], b["day"])} for b in drawn.blocks]
    script(stubbed, {"input": {"blocks": blocks}})
    assert sent(alice, drawn)["status"] == "needs_review"


@pytest.mark.parametrize("garbage", [{"raw": "<html>"}, {"input": {"blocks": [{}]}}])
def test_garbage_is_for_a_person(
    stubbed: Deployed, alice: Api, tmp_path: Path, garbage: dict[str, Any]
) -> None:
    script(stubbed, garbage)
    assert sent(alice, Drawn(tmp_path, "Dance"))["status"] == "needs_review"


def test_a_stub_that_was_told_nothing_completes_nothing(
    stubbed: Deployed, alice: Api, tmp_path: Path
) -> None:
    script(stubbed)
    document = sent(alice, Drawn(tmp_path, "Ballet"))
    assert document["status"] == "needs_review"
    assert "could not be used" in document["reason"]


@pytest.mark.parametrize("seconds", [6, pytest.param(60, marks=pytest.mark.long)])
def test_a_service_that_is_overloaded_for_a_while_is_outlasted(
    stubbed: Deployed, alice: Api, tmp_path: Path, seconds: int
) -> None:
    drawn = Drawn(tmp_path, {6: "Tennis", 60: "Badminton"}[seconds])
    script(stubbed, {"status": 529, "seconds": seconds}, {"input": {"blocks": drawn.blocks}})
    began = time.monotonic()
    document = sent(alice, drawn, seconds=240)
    assert document["status"] == "completed", document["reason"]
    assert time.monotonic() - began > seconds
    assert asked(stubbed)["asked"] > (3 if seconds > 6 else 1)


def test_over_budget_a_person_is_asked_and_the_model_is_not(
    stubbed: Deployed, alice: Api, tmp_path: Path
) -> None:
    today = time.strftime("day#%Y-%m-%d", time.gmtime())
    stubbed.client("dynamodb").put_item(
        TableName=model_table(stubbed),
        Item={"key": {"S": today}, "micro_dollars": {"N": "4999999"}},
    )
    script(stubbed)
    document = sent(alice, Drawn(tmp_path, "Golf"))
    assert "budget" in document["reason"]
    assert asked(stubbed)["asked"] == 0


def test_with_the_circuit_open_a_person_is_asked_at_once(
    stubbed: Deployed, alice: Api, tmp_path: Path
) -> None:
    stubbed.client("dynamodb").put_item(
        TableName=model_table(stubbed),
        Item={
            "key": {"S": "circuit#claude-sonnet-4-5"},
            "failures": {"N": "5"},
            "opened_at": {"N": str(int(time.time()))},
        },
    )
    script(stubbed)
    document = sent(alice, Drawn(tmp_path, "Cricket"))
    assert "left alone" in document["reason"]
    assert asked(stubbed)["asked"] == 0


def test_without_a_key_a_person_is_asked(stubbed: Deployed, tmp_path: Path) -> None:
    """The last of these: the stack goes over to the real service, which is never reached."""
    set_model(stubbed, service="anthropic")
    stubbed.up()
    document = sent(stubbed.user(), Drawn(tmp_path, "Hockey"))
    assert document["status"] == "needs_review"
    assert "no key" in document["reason"]
    assert asked(stubbed)["asked"] == 0


def test_a_key_is_stored_by_the_command_and_stands_in_no_file(stubbed: Deployed) -> None:
    secret = "sk-of-this-test-4711"
    done = subprocess.run(
        [sys.executable, "-m", "pilaster_cli.main", "model", "set-key"],
        cwd=stubbed.folder,
        input=secret,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    name = stubbed.outputs["model_key_secret"]
    kept = stubbed.client("secretsmanager").get_secret_value(SecretId=name)
    assert kept["SecretString"] == secret
    states = (stubbed.folder / ".pilaster").glob("stacks/**/*")
    assert not any(secret in each.read_text() for each in states if each.is_file())
