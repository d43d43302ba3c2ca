"""A program runs as in a process of its own, and leaves this one as it was."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest
from pilaster_local import engine

from tests.support.shelf import Bench
from tests.unit.engine.test_running import preview, up


def test_it_finds_its_own_modules_and_its_folder(bench: Bench) -> None:
    (bench.folder / "rooms.py").write_text("NAME = 'kitchen'\n")
    bench.program("""
import os, sys, rooms
pulumi.export("seen", [rooms.NAME, os.getcwd(), sys.argv[0], __name__])
""")
    assert preview(bench).outputs["seen"] == [
        "kitchen",
        str(bench.folder),
        str(bench.folder / "__main__.py"),
        "__main__",
    ]


def test_two_programs_with_modules_of_one_name_do_not_meet(tmp_path: Path) -> None:
    seen = []
    for room in ("kitchen", "attic"):
        bench = Bench(tmp_path / room)
        (bench.folder / "rooms").mkdir()
        (bench.folder / "rooms" / "__init__.py").write_text(f"NAME = {room!r}\n")
        bench.program('import rooms\npulumi.export("room", rooms.NAME)')
        seen.append(preview(bench).outputs["room"])
    assert seen == ["kitchen", "attic"]


def test_the_process_is_left_as_it_was(bench: Bench) -> None:
    (bench.folder / "rooms.py").write_text("")
    bench.program("import os, sys, rooms\nos.chdir('/')\nsys.path.append('x')\nsys.argv = ['x']")
    before = os.getcwd(), list(sys.path), list(sys.argv), sys.stdout, set(sys.modules)
    preview(bench)
    assert (os.getcwd(), list(sys.path), list(sys.argv), sys.stdout) == before[:-1]
    assert "rooms" not in sys.modules


def test_what_failed_before_does_not_stand_in_the_way(bench: Bench) -> None:
    bench.program('Box("box")\nraise ValueError("no")')
    for _ in range(2):
        with pytest.raises(engine.RunFailedError, match="ValueError: no"):
            preview(bench)
    bench.program('Box("box")')
    assert preview(bench).counts == {"create": 2}


def test_no_threads_but_the_providers_own_are_left(bench: Bench) -> None:
    bench.program('Box("box")')
    up(bench)
    for _ in range(3):
        up(bench)
    names = [t.name for t in threading.enumerate() if t.name.startswith("pilaster")]
    assert names.count("pilaster-provider") == 1
    assert not [n for n in names if n.startswith(("pilaster-registration", "pilaster-delete"))]


def test_settings_of_one_run_are_not_seen_by_the_next(bench: Bench) -> None:
    bench.settings("config:\n  demo:room: attic\n")
    bench.program('pulumi.export("room", pulumi.Config().get("room"))')
    assert preview(bench).outputs == {"room": "attic"}
    bench.settings("")
    assert preview(bench).outputs == {}, "an output that is nothing is none"


def test_an_async_program_is_awaited(bench: Bench) -> None:
    bench.program("""
async def main():
    return {"arn": Box("box", name="b").arn}

pulumi.run(main)
""")
    assert up(bench).outputs == {"arn": "arn:shelf:b"}
