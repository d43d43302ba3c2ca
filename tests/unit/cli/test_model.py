"""How a key reaches the local cloud: unseen, and only where it belongs."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pilaster_cli import model
from pilaster_cli.main import main
from pilaster_local import engine
from pilaster_local.services import platform, secret_values


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    monkeypatch.chdir(tmp_path)
    kept: list[tuple[str, str, str]] = []

    def store(running: Any, name: str, value: str, *, region: str) -> None:
        kept.append((name, value, region))

    monkeypatch.setattr(engine, "outputs", lambda *_: {"model_key_secret": "the-secret"})
    monkeypatch.setattr(engine, "settings", lambda *_: {"aws:region": "eu-west-2"})
    monkeypatch.setattr(platform, "running", lambda _: SimpleNamespace())
    monkeypatch.setattr(secret_values, "store", store)
    return kept


def say(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_key_from_a_pipe_is_stored_and_never_printed(
    stored: list[tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    say(monkeypatch, "sk-secret\n")
    assert main(["model", "set-key"]) == 0
    assert stored == [("the-secret", "sk-secret", "eu-west-2")]
    said = capsys.readouterr()
    assert "sk-secret" not in said.out + said.err


@pytest.mark.parametrize("text", ["", " \n", "two words", "x" * (model.LONGEST + 1)])
def test_what_is_no_key_is_not_stored(
    stored: list[tuple[str, str, str]], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    say(monkeypatch, text)
    assert main(["model", "set-key"]) == 1
    assert stored == []


def test_without_a_service_there_is_no_place_for_a_key(
    stored: list[tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(engine, "outputs", lambda *_: {"api_url": "x"})
    say(monkeypatch, "sk-secret")
    assert main(["model", "set-key"]) == 1
    assert "service: anthropic" in capsys.readouterr().err
    assert stored == []
