"""Whose CPU time it was, by what the platform's processes say of themselves."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from benchmarks.cpu import _task, since


@dataclass
class Process:
    """What is asked of a process."""

    line: list[str] = field(default_factory=list[str])
    variables: dict[str, str] = field(default_factory=dict[str, str])

    def cmdline(self) -> list[str]:
        return self.line

    def environ(self) -> dict[str, str]:
        return self.variables


def test_a_function_is_called_by_its_name() -> None:
    name = "pilaster-local-documents-pipeline-read"
    interpreter = Process(["/var/lang/bin/python3"], {"AWS_LAMBDA_FUNCTION_NAME": name})
    assert _task(interpreter) == "pipeline-read"


@pytest.mark.parametrize(
    ("line", "task"),
    [
        (["/usr/bin/bwrap", "--ro-bind", "/somewhere", "/var/task"], "sandboxes"),
        (["/somewhere/bin/postgres", "-D", "/data"], "database"),
        (["postgres: documents_writer documents 127.0.0.1(4711) idle"], "database"),
        (["/somewhere/valkey-server", "unixsocket:/run/v.sock"], "cache"),
        (["/emulator/bin/python", "-I", "start.py"], "emulator"),
        ([], "emulator"),
    ],
)
def test_any_other_is_known_by_its_command(line: list[str], task: str) -> None:
    assert _task(Process(line)) == task


def test_what_began_between_two_looks_counts_whole_and_the_most_comes_first() -> None:
    spent = since({"emulator": 10.0, "cache": 1.0}, {"emulator": 12.0, "cache": 1.0, "read": 30.0})
    assert list(spent.items()) == [("read", 30.0), ("emulator", 2.0), ("cache", 0.0)]
