"""`pilaster report`: what it prints of what Athena answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pilaster_cli import project, report
from pilaster_cli.main import main
from pilaster_local.services import reports
from rich.console import Console

ROWS = [
    {"day": "2026-11-21", "route": "none", "documents": "2", "mean_seconds": None,
     "median_seconds": None},
    {"day": "2026-11-21", "route": "text", "documents": "12", "mean_seconds": "1.5",
     "median_seconds": "1.2"},
    {"day": "2026-11-20", "route": "ocr+review", "documents": "1", "mean_seconds": "86400.0",
     "median_seconds": "86400.0"},
]  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The command in a deployed project; what it asks, and what it is answered (`rows`)."""
    here: dict[str, Any] = {"rows": ROWS}

    def answers(_: Any, query: str, parameters: list[str], **more: Any) -> Any:
        here.update(query=query, parameters=parameters, **more)
        return here["rows"]

    outputs = {"report_query_id": "kept", "report_workgroup": "us"}
    monkeypatch.setattr(project, "find", lambda: Path("."))
    monkeypatch.setattr(project, "outputs", lambda root: here.get("outputs", outputs))
    monkeypatch.setattr(project, "running", lambda root: (None, "eu-west-2"))
    monkeypatch.setattr(reports, "answers", answers)
    return here


def test_a_list_with_numbers_is_printed_for_programs(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
):
    assert main(["report", "--days", "2", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said[1] == {
        "day": "2026-11-21",
        "route": "text",
        "documents": 12,
        "mean": 1.5,
        "median": 1.2,
    }
    assert said[0]["mean"] is None
    assert (asked["query"], asked["workgroup"], asked["region"]) == ("kept", "us", "eu-west-2")


def test_the_days_asked_for_include_today(asked: dict[str, Any]):
    from datetime import UTC, datetime

    before = f"{datetime.now(UTC):%Y-%m-%d}"
    assert main(["report", "--days", "1", "--json"]) == 0
    assert asked["parameters"] in ([f"'{before}'"], [f"'{datetime.now(UTC):%Y-%m-%d}'"])


def test_a_day_stands_once_and_what_took_no_time_has_a_dash(capsys: pytest.CaptureFixture[str]):
    Console(width=80).print(report.table(map(report._row, ROWS)))
    out = capsys.readouterr().out
    assert (out.count("2026-11-21"), out.count("2026-11-20")) == (1, 1)
    (none,) = [line for line in out.splitlines() if "none" in line]
    assert none.count("-") - none.count("2026-11-21") * 2 == 2


def test_no_records_yet_is_an_answer(asked: dict[str, Any], capsys: pytest.CaptureFixture[str]):
    asked["rows"] = []
    assert main(["report", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == []
    assert "No document was recorded since" in said.err


def test_a_stack_from_before_the_query_says_what_brings_it(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
):
    asked["outputs"] = {"api_url": "http://127.0.0.1:1"}
    assert main(["report"]) == 1
    assert "`pilaster up` brings it" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("days", ["0", "-1", "ten", "3651", "1.5", "²"])
def test_days_that_are_none_are_refused(days: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main(["report", f"--days={days}"])
    assert left.value.code == 2
    assert "number of days" in capsys.readouterr().err
