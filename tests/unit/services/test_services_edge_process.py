"""The edge's process as the emulator tells it: a line there, a line back."""

from __future__ import annotations

import importlib
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from pilaster_local.services import environment

ECHO = """
import sys
for line in sys.stdin:
    print(line, end="", flush=True)
"""


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A process that answers what it is told."""
    for name in ("pilaster_emulator", "pilaster_emulator.edge"):
        package = ModuleType(name)
        package.__path__ = [str(environment.PROJECT / name.replace(".", "/"))]
        monkeypatch.setitem(sys.modules, name, package)
    module = importlib.import_module("pilaster_emulator.edge.process")
    program = tmp_path / "edge.py"
    program.write_text(ECHO)
    monkeypatch.setattr(module, "_PROGRAM", program)
    settings = SimpleNamespace(logs=tmp_path, endpoint="-", objects=tmp_path / "objects")
    made = module.Process(settings)
    yield made
    made.stop()


def test_it_answers(process: Any):
    process.start()
    assert process.tell({"a": 1}) == {"a": 1}
    assert process.running
    assert not process.died


def test_it_answers_where_a_thousand_files_are_open(process: Any):
    # An emulator with many connections: select() takes no descriptor beyond 1,023.
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(before[1], 4_096), before[1]))
    try:
        with ExitStack() as stack:
            for _ in range(1_100):
                stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
            process.start()
            assert process.tell({"a": 1}) == {"a": 1}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
