"""Exit codes and sentences: what a shell and a person get."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from pilaster_cli import status
from pilaster_cli.errors import CommandError
from pilaster_cli.main import main
from pilaster_local.engine import ConfigError, InterruptedRunError, Outcome


def ending(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def run(args: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(status, "run", run)
    return main(["status"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandError("no such file: name another"), 1),
        (ConfigError("Pulumi.yaml has no name: add one"), 1),
        (InterruptedRunError("stopped", Outcome(project="p", stack="s")), 130),
        (KeyboardInterrupt(), 130),
    ],
)
def test_what_is_for_people_ends_in_a_sentence_and_a_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
):
    assert ending(monkeypatch, error) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("pilaster: ")


def test_a_mistake_of_ours_keeps_its_trace(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ZeroDivisionError):
        ending(monkeypatch, ZeroDivisionError())


def test_up_deploys_to_this_machine_only(capsys: pytest.CaptureFixture[str]):
    assert main(["up", "--stack", "prod"]) == 1
    assert "`pulumi up -s prod` deploys it" in capsys.readouterr().err


def test_outside_a_project_the_missing_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    assert main(["status"]) == 1
    assert "no Pulumi.yaml in" in capsys.readouterr().err


def test_a_file_that_is_none_is_named_before_anything_is_sent(capsys: pytest.CaptureFixture[str]):
    assert main(["process", "no-such-file.png"]) == 1
    assert "'no-such-file.png' is not a file" in capsys.readouterr().err
