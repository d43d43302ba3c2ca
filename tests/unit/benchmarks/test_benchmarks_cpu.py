"""Whose CPU time it was, by the command lines of the platform's processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from benchmarks.cpu import _commands, _task, since


@pytest.mark.parametrize(
    ("entry", "task"),
    [
        ("steps/read.py", "read"),
        ("steps/preprocess.py", "preprocess"),
        ("steps/request_review.py", "other functions"),
        ("api/list.py", "other functions"),
    ],
)
def test_a_function_is_known_by_its_entry_point(tmp_path: Path, entry: str, task: str) -> None:
    archive = tmp_path / "functions" / "code" / "unpacked" / "61d34f"
    file = archive / "lambdas" / "documents" / "aws" / entry
    file.parent.mkdir(parents=True)
    file.touch()
    assert _task(["/usr/bin/bwrap", "--ro-bind", str(archive), "/var/task"]) == task


def test_the_database_is_known_by_itself_and_by_its_children() -> None:
    assert _task(["/somewhere/bin/postgres", "-D", "/data"]) == "database"
    assert _task(["postgres: documents_writer documents 127.0.0.1(4711) idle"]) == "database"


def test_what_is_none_of_these_is_the_emulator() -> None:
    assert _task(["/somewhere/valkey-server", "unixsocket:/run/v.sock"]) == "cache"
    assert _task(["/emulator/bin/python", "-I", "start.py"]) == "emulator"
    assert _task([]) == "emulator"


def test_what_began_between_two_looks_counts_whole_and_the_most_comes_first() -> None:
    spent = since({"emulator": 10.0, "cache": 1.0}, {"emulator": 12.0, "cache": 1.0, "read": 30.0})
    assert list(spent.items()) == [("read", 30.0), ("emulator", 2.0), ("cache", 0.0)]


def test_an_interpreter_in_a_sandbox_is_known_by_the_sandbox() -> None:
    inner = "import time; print('up', flush=True); time.sleep(60)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    archive = "/somewhere/functions/code/unpacked/61d34f"
    with subprocess.Popen(
        [sys.executable, "-c", outer, archive], stdout=subprocess.PIPE
    ) as sandbox:
        assert sandbox.stdout is not None
        sandbox.stdout.readline()
        (interpreter,) = psutil.Process(sandbox.pid).children()
        try:
            assert archive in _commands(interpreter)
            assert archive not in interpreter.cmdline()
        finally:
            interpreter.kill()
