"""What the stub answers: what it was told to, line by line, and otherwise that it is a stub."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADER = "x-pilaster-stub"
MODEL = "pilaster-stub-no-model"
"""What every answer calls itself, whatever was asked for."""
SAYS = "This is a stub on a developer's machine. No model has looked at anything."


class ScriptError(ValueError):
    """A line that cannot be followed."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Script:
    """Lines, each an object; the first that applies is followed.

    `{"status": 529, "seconds": 60}`: that status until so many seconds after the first question.
    `{"status": 529, "times": 3}`: for so many questions; without either, once.
    `{"input": {...}, "times": 1}`: uses the tool with this input.
    `{"raw": "text"}`: a 200 with this body.
    """

    file: Path | None = None
    """Where the lines stand; read again when it changes."""
    clock: Callable[[], float] = time.monotonic
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    asked: int = 0
    """Questions since the script changed."""
    _read: int = 0

    def tell(self, lines: Any) -> None:
        """Replaces what was told before."""
        if not isinstance(lines, list):
            raise ScriptError("a script is a list of lines")
        for line in lines:
            kinds = {"status", "input", "raw"} & set(line) if isinstance(line, dict) else set()
            if len(kinds) != 1:
                raise ScriptError("a line has one of status, input, raw")
        self.lines = [dict(line) for line in lines]
        self.asked = 0

    def status(self) -> dict[str, Any]:
        """For whoever wrote the script: how far it has come."""
        with contextlib.suppress(ValueError):  # the next question is told what is wrong with it
            self._look()
        return {"model": MODEL, "asked": self.asked, "lines": len(self.lines)}

    def _look(self) -> None:
        try:
            changed = self.file.stat().st_mtime_ns if self.file is not None else 0
        except FileNotFoundError:
            changed = 0
        if changed and changed != self._read and self.file is not None:
            self._read = changed
            self.tell(json.loads(self.file.read_text()))

    def answer(self, question: dict[str, Any]) -> Answer:
        """What the next line says of a question that is a message of the protocol."""
        fault = _fault(question)
        if fault is not None:
            return _error(400, "invalid_request_error", fault)
        try:
            self._look()
        except ValueError as error:
            return _error(500, "stub_script_error", f"{self.file}: {error}")
        self.asked += 1
        while self.lines:
            line = self.lines[0]
            if "seconds" in line:
                until = line.setdefault("until", self.clock() + float(line["seconds"]))
                if self.clock() >= until:
                    self.lines.pop(0)
                    continue
            else:
                line["times"] = int(line.get("times", 1)) - 1
                if line["times"] < 1:
                    self.lines.pop(0)
            return _said(line, question)
        return _message([{"type": "text", "text": SAYS}], "end_turn", question)


def _fault(question: dict[str, Any]) -> str | None:
    """What the real service would not take either."""
    for name, kind in (("model", str), ("max_tokens", int), ("messages", list)):
        if not isinstance(question.get(name), kind):
            return f"{name}: field required"
    tools = [tool.get("name") for tool in question.get("tools", [])]
    choice = question.get("tool_choice") or {}
    if choice.get("type") == "tool" and choice.get("name") not in tools:
        return "tool_choice: that tool is not among the tools"
    return None


def _said(line: dict[str, Any], question: dict[str, Any]) -> Answer:
    if "status" in line:
        headers = {"retry-after": str(line["retry_after"])} if "retry_after" in line else {}
        told = "Overloaded (the stub was told so)"
        return _error(int(line["status"]), "overloaded_error", told, headers)
    if "raw" in line:
        return Answer(200, str(line["raw"]).encode(), {"content-type": "application/json"})
    name = (question.get("tool_choice") or {}).get("name", "tool")
    used = {"type": "tool_use", "id": "toolu_stub", "name": name, "input": line["input"]}
    return _message([used], "tool_use", question)


def _message(content: list[dict[str, Any]], stop: str, question: dict[str, Any]) -> Answer:
    """Tokens are a fourth of the letters: the stub counts, it does not tokenize."""
    body = {
        "id": "msg_stub",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {
            "input_tokens": len(json.dumps(question)) // 4,
            "output_tokens": len(json.dumps(content)) // 4,
        },
    }
    return Answer(200, json.dumps(body).encode(), {"content-type": "application/json"})


def _error(status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    body = {"type": "error", "error": {"type": kind, "message": message}}
    return Answer(
        status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})}
    )
