"""SIGKILL at every point of a run: the next `up` leaves nothing twice and nothing unknown."""

from __future__ import annotations

import functools
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from pilaster_local import engine
from pilaster_local.engine import statefile
from pilaster_local.engine.journal import Journal

from tests.support.shelf import Bench, Shelf

BEFORE = """
rack = Rack("rack")
plain = Box("plain", label="one", opts=Options(parent=rack))
oak = Box("oak", material="oak")
slot = Slot("slot", box=oak.id)
moved = Box("moved", name="left")
gone = Box("gone", label=plain.arn)
pulumi.export("arn", plain.arn)
pulumi.export("code", pulumi.Output.secret("hush-hush"))
"""
AFTER = """
rack = Rack("rack")
plain = Box("plain", label="two", code=pulumi.Output.secret("sesame"), opts=Options(parent=rack))
oak = Box("oak", material="ash")
slot = Slot("slot", box=oak.id)
moved = Box("moved", name="right")
late = Box("late", label=plain.arn)
pulumi.export("arn", late.arn)
"""


def killed(work: Callable[[], object]) -> bool:
    """Run in a process of its own. True if it was killed, False if it came to its end."""
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        try:
            work()
        except BaseException:  # noqa: BLE001  a forked test must not return into pytest
            os._exit(99)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, "it hung, and the alarm ended it"
        return True
    assert os.WEXITSTATUS(status) == 0, "the run failed instead of being killed"
    return False


def up(bench: Bench) -> engine.Outcome:
    return engine.up(bench.folder, "local", provider={"shelf": bench.shelf})


def assert_all_is_well(bench: Bench, expected: set[str]) -> None:
    """What is on the shelf is what the state says, once each; another `up` has nothing to do."""
    assert up(bench).changes == 0
    deployment = json.loads(bench.state_file.read_text())["deployment"]
    assert not deployment.get("pending_operations")
    assert not bench.journal_file.exists()
    owned = [r for r in deployment["resources"] if r["type"].startswith("shelf:")]
    assert {r["urn"].rsplit("::", 1)[-1] for r in owned} == expected
    things = bench.shelf.things()
    assert sorted(r["id"] for r in owned) == sorted(things), "something is there twice, or unknown"
    assert all(thing["finished"] for thing in things.values())
    for resource in owned:
        assert things[resource["id"]]["urn"] == resource["urn"]
    engine.destroy(bench.folder, "local", provider={"shelf": bench.shelf})
    assert bench.shelf.things() == {}


OLD = {"plain", "oak", "slot", "moved", "gone"}
NEW = {"plain", "oak", "slot", "moved", "late"}


def at_service(n: int, folder: Path) -> Callable[[Bench], object]:
    def work(bench: Bench) -> object:
        dying = Shelf(bench.shelf.folder, die_at=("any", n))
        return engine.up(bench.folder, "local", provider={"shelf": dying})

    return work


def at_journal(n: int) -> Callable[[Bench], object]:
    """Die in the middle of the n-th line of the journal, which is all of the one before it."""

    def work(bench: Bench) -> object:
        seen = 0
        write = Journal._write

        def dying(self: Journal, entry: dict) -> None:
            nonlocal seen
            seen += 1
            if seen != n:
                write(self, entry)
                return
            line = json.dumps(entry).encode()
            with self._lock:
                descriptor = self._descriptor or self._create()
                os.write(descriptor, line[: len(line) // 2])
                os.kill(os.getpid(), signal.SIGKILL)

        Journal._write = dying  # in this process only, which is about to die
        return up(bench)

    return work


def everywhere(bench_of: Callable[[int], Bench], point: Callable[[int], Callable]) -> int:
    """Kill at every passing of a point until a run survives; say how often it was killed."""
    for n in range(1, 100):
        bench = bench_of(n)
        died = killed(functools.partial(point(n), bench))
        up(bench)
        yielded = NEW if "ash" in (bench.folder / "__main__.py").read_text() else OLD
        assert_all_is_well(bench, yielded)
        if not died:
            return n - 1
    raise AssertionError("it never survived")


def test_a_first_up_killed_around_every_call_to_the_service_is_carried_on(tmp_path: Path) -> None:
    def fresh(n: int) -> Bench:
        return Bench(tmp_path / str(n)).program(BEFORE)

    kills = everywhere(fresh, lambda n: at_service(n, tmp_path))
    assert kills == 2 * len(OLD), "before and after each create"


def test_a_changing_up_killed_around_every_call_to_the_service_is_carried_on(
    tmp_path: Path,
) -> None:
    def changed(n: int) -> Bench:
        bench = Bench(tmp_path / str(n)).program(BEFORE)
        up(bench)
        return bench.program(AFTER)

    kills = everywhere(changed, lambda n: at_service(n, tmp_path))
    assert kills == 2 * (4 + 1 + 4), "creates, an update and deletes"


def test_an_up_killed_in_the_middle_of_every_line_of_the_journal_is_carried_on(
    tmp_path: Path,
) -> None:
    def changed(n: int) -> Bench:
        bench = Bench(tmp_path / str(n)).program(BEFORE)
        up(bench)
        return bench.program(AFTER)

    kills = everywhere(changed, at_journal)
    assert kills == 2 * (4 + 1 + 4) + 1, "creates, an update, deletes, and the outputs of the stack"


@pytest.mark.parametrize("moment", ["before the state is replaced", "before the journal goes"])
def test_an_up_killed_while_it_saves_is_carried_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    bench.program(BEFORE)
    write = statefile.write

    def dying(*args: object) -> None:
        if moment == "before the journal goes":
            write(*args)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(statefile, "write", dying)
        assert killed(lambda: up(bench))
    assert bench.journal_file.exists()
    up(bench)
    assert_all_is_well(bench, OLD)


def test_what_a_killed_create_made_is_deleted_if_the_program_dropped_it(bench: Bench) -> None:
    bench.program('Box("kept")\nBox("lost", label="x")')
    bench.shelf._die_at = ("create:after", 2)
    assert killed(lambda: up(bench))
    assert len(bench.shelf.things()) == 2
    bench.program('Box("kept")')
    bench.shelf._die_at = None
    up(bench)
    assert_all_is_well(bench, {"kept"})


def test_what_a_killed_create_made_is_brought_to_what_the_program_wants_now(bench: Bench) -> None:
    bench.program('Box("box", label="old")')
    bench.shelf._die_at = ("create:after", 1)
    assert killed(lambda: up(bench))
    bench.shelf._die_at = None
    bench.program('Box("box", label="new")')
    outcome = up(bench)
    assert outcome.step("box").op == "update"
    assert [thing["label"] for thing in bench.shelf.things().values()] == ["new"]
    assert_all_is_well(bench, {"box"})


def test_a_killed_update_is_undone_if_the_program_went_back(bench: Bench) -> None:
    bench.program('Box("box", label="old")')
    up(bench)
    bench.program('Box("box", label="new")')
    bench.shelf._die_at = ("update:after", 1)
    assert killed(lambda: up(bench))
    bench.shelf._die_at = None
    bench.program('Box("box", label="old")')
    up(bench)
    assert [thing["label"] for thing in bench.shelf.things().values()] == ["old"]
    assert_all_is_well(bench, {"box"})


def test_killed_again_and_again_it_still_arrives(bench: Bench) -> None:
    bench.program(BEFORE)
    for n in (3, 1, 4, 1, 5, 2):
        bench.shelf._die_at = ("any", n)
        bench.shelf._passed = 0
        killed(lambda: up(bench))
    bench.shelf._die_at = None
    up(bench)
    assert_all_is_well(bench, OLD)


def test_a_destroy_that_was_killed_is_finished_by_the_next(bench: Bench) -> None:
    bench.program(BEFORE)
    up(bench)
    bench.shelf._die_at = ("delete:after", 2)
    assert killed(lambda: engine.destroy(bench.folder, "local", provider={"shelf": bench.shelf}))
    bench.shelf._die_at = None
    engine.destroy(bench.folder, "local", provider={"shelf": bench.shelf})
    assert bench.shelf.things() == {}
    assert bench.resources() == {}


def test_a_preview_after_a_kill_changes_nothing_and_says_what_is_open(bench: Bench) -> None:
    bench.program('Box("box")')
    bench.shelf._die_at = ("create:after", 1)
    assert killed(lambda: up(bench))
    before = bench.journal_file.read_bytes()
    plan = engine.preview(bench.folder, "local", provider={"shelf": bench.shelf})
    assert any("1 operation(s) open" in d.message for d in plan.diagnostics)
    assert bench.journal_file.read_bytes() == before
    assert not bench.state_file.exists()


def test_without_a_way_to_find_out_a_killed_create_is_refused_by_name(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program('Box("box")')
    bench.shelf._die_at = ("create:after", 1)
    assert killed(lambda: up(bench))
    monkeypatch.delattr(Shelf, "find")
    with pytest.raises(engine.RunFailedError, match=r"Box::box: .*cannot say whether"):
        up(bench)
    assert len(bench.shelf.things()) == 1


def test_the_lock_of_a_killed_run_is_taken_over(bench: Bench) -> None:
    bench.program('Box("box")')
    bench.shelf._die_at = ("create:before", 1)
    assert killed(lambda: up(bench))
    bench.shelf._die_at = None
    assert up(bench).counts["create"] == 1


def test_a_replacement_under_the_same_name_that_a_kill_hid_is_found(tmp_path: Path) -> None:
    """Its id is the one the state has as gone."""
    bench = Bench(tmp_path).program('Box("box", name="left", material="oak")')
    up(bench)
    bench.program('Box("box", name="left", material="elm")')
    bench.shelf._die_at = ("create:after", 1)
    assert killed(lambda: up(bench))
    up(bench)
    assert bench.shelf.things()["left"]["material"] == "elm"
    assert_all_is_well(bench, {"box"})
