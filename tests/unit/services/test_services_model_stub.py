"""The stub of a language model: what it was told, what the service would refuse, its name."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pilaster_local.services import environment

QUESTION = {
    "model": "claude-x",
    "max_tokens": 10,
    "messages": [],
    "tools": [{"name": "t"}],
    "tool_choice": {"type": "tool", "name": "t"},
}


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The emulator has an environment of its own; this module of it needs nothing from there."""
    package = ModuleType("pilaster_emulator")
    package.__path__ = [str(environment.PROJECT / "pilaster_emulator")]
    monkeypatch.setitem(sys.modules, "pilaster_emulator", package)
    for name in ("model_stub", "model_stub.script"):
        monkeypatch.delitem(sys.modules, f"pilaster_emulator.{name}", raising=False)
    return importlib.import_module("pilaster_emulator.model_stub.script")


def body(answer: Any) -> dict[str, Any]:
    return json.loads(answer.body)


def test_untold_it_says_that_it_is_a_stub_and_uses_no_tool(stub: Any) -> None:
    said = body(stub.Script().answer(QUESTION))
    assert said["model"] == "pilaster-stub-no-model"
    assert said["stop_reason"] == "end_turn"
    assert "stub" in said["content"][0]["text"]


def test_lines_are_followed_in_turn_each_as_often_as_it_says(stub: Any) -> None:
    script = stub.Script()
    script.tell([{"status": 529, "times": 2}, {"input": {"a": 1}}, {"raw": "<html>"}])
    answers = [script.answer(QUESTION) for _ in range(5)]
    assert [each.status for each in answers] == [529, 529, 200, 200, 200]
    assert body(answers[2])["content"][0]["input"] == {"a": 1}
    assert answers[3].body == b"<html>"
    assert body(answers[4])["stop_reason"] == "end_turn"
    assert script.asked == 5


def test_a_line_for_a_minute_begins_with_the_first_question(stub: Any) -> None:
    now = [100.0]
    script = stub.Script(clock=lambda: now[0])
    script.tell([{"status": 529, "seconds": 60, "retry_after": 3}, {"input": {}}])
    first = script.answer(QUESTION)
    assert (first.status, first.headers["retry-after"]) == (529, "3")
    now[0] = 159.0
    assert script.answer(QUESTION).status == 529
    now[0] = 161.0
    assert script.answer(QUESTION).status == 200


@pytest.mark.parametrize(
    "change",
    [{"model": None}, {"max_tokens": "10"}, {"tool_choice": {"type": "tool", "name": "x"}}],
)
def test_what_the_service_would_not_take_the_stub_does_not_take(
    stub: Any, change: dict[str, Any]
) -> None:
    script = stub.Script()
    assert script.answer({**QUESTION, **change}).status == 400
    assert script.asked == 0


def test_a_script_is_read_again_when_its_file_changes_and_a_bad_one_is_named(
    stub: Any, tmp_path: Path
) -> None:
    file = tmp_path / "script.json"
    script = stub.Script(file)
    assert body(script.answer(QUESTION))["stop_reason"] == "end_turn"
    file.write_text('[{"input": {}}]')
    assert body(script.answer(QUESTION))["stop_reason"] == "tool_use"
    assert script.status()["asked"] == 1, "counted from the script on"
    file.write_text("[]")
    assert script.status() == {"model": "pilaster-stub-no-model", "asked": 0, "lines": 0}
    file.write_text('[{"input": {}, "status": 529}]  ')
    answer = script.answer(QUESTION)
    assert answer.status == 500
    assert "one of status, input, raw" in body(answer)["error"]["message"]
