"""What happens when something goes wrong: it is said what, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from typing import Any

import pytest
from pilaster_local import engine
from pilaster_local.engine.deployment import Deployment

from tests.support.shelf import Bench, Shelf, until
from tests.unit.engine.test_running import preview, up


def test_check_failures_name_each_property(bench: Bench) -> None:
    bench.program('Box("box", colour="red", size=-1)')
    with pytest.raises(engine.RunFailedError) as failed:
        preview(bench)
    assert str(failed.value) == (
        "urn:pulumi:local::demo::shelf:index:Box::box: colour: is not something a box has; "
        "size: must not be negative"
    )


def test_a_refused_create_leaves_nothing_of_itself_and_keeps_the_others(bench: Bench) -> None:
    bench.program('good = Box("good")\nBox("bad", label=good.arn, fail="refuse")')
    with pytest.raises(engine.RunFailedError, match="Box::bad: the shelf does not take"):
        up(bench)
    assert set(bench.resources()) == {"demo-local", "default", "good"}
    assert "pending_operations" not in json.loads(bench.state_file.read_text())["deployment"]
    bench.program('good = Box("good")\nBox("bad", label=good.arn)')
    assert up(bench).counts == {"create": 1, "same": 2}


def test_what_is_in_flight_when_another_fails_is_finished_and_kept(bench: Bench) -> None:
    bench.program("""
for n in range(6): Box(f"box-{n}")
Box("bad", fail="refuse")
""")
    bench.shelf.gate = lambda: bench.shelf.most_at_once == 7
    with pytest.raises(engine.RunFailedError):
        up(bench)
    assert len(bench.shelf.things()) == 6
    assert {f"box-{n}" for n in range(6)} <= set(bench.resources())


def has_failed(bench: Bench) -> bool:
    return any(isinstance(event, engine.StepFailed) for event in bench.events)


def test_nothing_new_begins_after_a_failure(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    create = Shelf.create

    arrived = threading.Event()

    async def in_turn(self: Shelf, request: Any) -> Any:
        if request.name == "slow":
            arrived.set()
            await until(lambda: has_failed(bench))
        await until(arrived.is_set)
        return await create(self, request)

    monkeypatch.setattr(Shelf, "create", in_turn)
    bench.program("""
Box("bad", fail="refuse")
slow = Box("slow")
Box("after", label=slow.arn)
""")
    with pytest.raises(engine.RunFailedError):
        up(bench)
    assert "slow" in bench.resources()
    assert "after" not in bench.shelf.asked("create")


def test_a_half_made_thing_is_kept_and_made_whole_by_the_next_up(bench: Bench) -> None:
    bench.program('Box("box", fail="half")')
    with pytest.raises(engine.RunFailedError, match="is not finished: the lid is missing"):
        up(bench)
    assert bench.resources()["box"]["initErrors"] == ["the lid is missing"]
    outcome = up(bench)
    assert outcome.step("box").op == "update", "though no input differs"
    (request,) = [r for r in bench.shelf.requests if type(r).__name__ == "UpdateWithInputs"]
    assert request.incomplete
    assert "initErrors" not in bench.resources()["box"]
    assert up(bench).changes == 0


def test_a_create_without_an_answer_is_looked_into_by_the_next_up(bench: Bench) -> None:
    bench.program('Box("box", fail="silent")')
    with pytest.raises(engine.RunFailedError, match="did not answer"):
        up(bench)
    pending = json.loads(bench.state_file.read_text())["deployment"]["pending_operations"]
    assert [p["type"] for p in pending] == ["creating"]
    up(bench)
    assert len(bench.shelf.things()) == 1
    assert any(isinstance(e, engine.Recovered) for e in bench.events)
    assert up(bench).changes == 0


def test_an_update_that_was_refused_is_tried_again(bench: Bench) -> None:
    bench.program('Box("box", label="a")')
    up(bench)
    bench.program('Box("box", label="b", fail="refuse")')
    with pytest.raises(engine.RunFailedError, match="does not take this change"):
        up(bench)
    bench.program('Box("box", label="a")')
    assert up(bench).step("box").op == "update", "nobody knows how far it got"
    assert up(bench).changes == 0


def test_a_failing_program_shows_its_own_lines_and_not_the_sdks(bench: Bench) -> None:
    bench.program("def broken():\n    raise LookupError('no such thing')\n\nbroken()")
    with pytest.raises(engine.RunFailedError) as failed:
        up(bench)
    told = str(failed.value)
    assert "LookupError: no such thing" in told
    assert "in broken" in told
    assert "site-packages" not in told


def test_a_run_error_is_said_without_a_traceback(bench: Bench) -> None:
    bench.program('raise pulumi.RunError("set demo:region first")')
    with pytest.raises(engine.RunFailedError) as failed:
        up(bench)
    assert str(failed.value) == "set demo:region first"


def test_a_program_that_logs_an_error_has_failed(bench: Bench) -> None:
    bench.program('Box("box")\npulumi.log.error("this will not do")')
    with pytest.raises(engine.RunFailedError, match="this will not do"):
        up(bench)
    assert "box" in bench.resources()


def test_a_program_with_a_syntax_error_is_told_so(bench: Bench) -> None:
    bench.program("def (")
    with pytest.raises(engine.RunFailedError, match="SyntaxError"):
        preview(bench)


def test_a_program_that_exits_has_failed(bench: Bench) -> None:
    bench.program("import sys\nsys.exit(0)")
    with pytest.raises(engine.RunFailedError, match=r"sys\.exit"):
        preview(bench)


def test_a_name_used_twice_is_refused(bench: Bench) -> None:
    bench.program('Box("box")\nBox("box")')
    with pytest.raises(engine.RunFailedError, match="is registered twice"):
        preview(bench)


def test_a_delete_that_fails_stays_in_the_state(bench: Bench) -> None:
    bench.program('box = Box("box")\nSlot("slot", box="elsewhere")\nBox("free")')
    up(bench)
    (box,) = [name for name in bench.shelf.things() if name.startswith("box")]
    file = bench.shelf.folder / "foreign.json"
    file.write_text(json.dumps({"urn": "", "box": box}))
    bench.program("")
    with pytest.raises(engine.RunFailedError, match="still has slots"):
        up(bench)
    assert "box" in bench.resources()
    file.unlink()
    up(bench)
    assert bench.shelf.things() == {}


def test_ctrl_c_finishes_what_is_in_flight_and_saves_it(bench: Bench) -> None:
    bench.program("""
import _thread, threading
for n in range(3): Box(f"box-{n}")
first = Box("first")
Box("never", label=first.arn)
threading.Timer(0.15, _thread.interrupt_main).start()
""")
    bench.shelf.delay = 0.4
    with pytest.raises(engine.InterruptedRunError, match="the next `up` carries on"):
        up(bench)
    assert len(bench.shelf.things()) == 4
    assert {"box-0", "box-1", "box-2", "first"} <= set(bench.resources())
    assert not bench.journal_file.exists()
    bench.shelf.delay = 0
    bench.program("""
for n in range(3): Box(f"box-{n}")
first = Box("first")
Box("never", label=first.arn)
""")
    assert up(bench).counts == {"create": 1, "same": 5}


def test_ctrl_c_in_the_middle_of_the_programs_own_lines_begins_nothing_more(bench: Bench) -> None:
    bench.program("""
import os, signal, time
first = Box("first")
Box("never", label=first.arn)
os.kill(os.getpid(), signal.SIGINT)
time.sleep(5)
""")
    with pytest.raises(engine.InterruptedRunError):
        up(bench)
    assert "never" not in bench.shelf.asked("create")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def noticed(monkeypatch: pytest.MonkeyPatch, name: str) -> threading.Event:
    """Set when the engine has done this."""
    event = threading.Event()
    original = getattr(Deployment, name)

    def done(self: Deployment) -> None:
        original(self)
        event.set()

    monkeypatch.setattr(Deployment, name, done)
    return event


def ctrl_c() -> None:
    """To the main thread itself, as a terminal's arrives: it breaks a wait for a lock, too."""
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGINT)


def ctrl_c_twice_during(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Two of them after the shelf was first asked for something, and before it answers."""
    answer = getattr(Shelf, call)
    first, second = noticed(monkeypatch, "interrupt"), noticed(monkeypatch, "ask_for_patience")

    async def asked(self: Shelf, request: Any) -> Any:
        if not first.is_set():
            ctrl_c()
            await until(first.is_set)
            ctrl_c()
            await until(second.is_set)
        return await answer(self, request)

    monkeypatch.setattr(Shelf, call, asked)


def test_a_second_ctrl_c_leaves_nothing_running_behind_the_lock(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program('Box("box")')
    ctrl_c_twice_during(monkeypatch, "create")
    with pytest.raises(engine.InterruptedRunError):
        up(bench)
    assert "box" in bench.resources(), "the lock is free while a thread still creates"
    assert "pending_operations" not in json.loads(bench.state_file.read_text())["deployment"]
    assert not bench.journal_file.exists()
    told = [e.message for e in bench.events if isinstance(e, engine.Diagnostic)]
    assert any("still finishing what is in flight (box)" in message for message in told)


def test_a_second_ctrl_c_while_deleting_leaves_nothing_running(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program('Box("box")')
    up(bench)
    bench.program("")
    ctrl_c_twice_during(monkeypatch, "delete")
    with pytest.raises(engine.InterruptedRunError):
        up(bench)
    assert bench.shelf.things() == {}
    assert "box" not in bench.resources()
    assert not bench.journal_file.exists()


def test_ctrl_c_while_a_failed_run_drains_waits_for_what_is_in_flight(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Shelf.create
    interrupted = noticed(monkeypatch, "interrupt")
    arrived = threading.Event()

    async def slowly(self: Shelf, request: Any) -> Any:
        if request.name == "slow":
            arrived.set()
            await until(lambda: has_failed(bench))
            ctrl_c()
            await until(interrupted.is_set)
        await until(arrived.is_set)
        return await create(self, request)

    monkeypatch.setattr(Shelf, "create", slowly)
    bench.program('Box("slow")\nBox("bad", fail="refuse")')
    with pytest.raises(engine.RunFailedError):
        up(bench)
    assert "slow" in bench.resources()
    assert not bench.journal_file.exists()


def ctrl_c_during(monkeypatch: pytest.MonkeyPatch, call: str, *, seconds: list[float]) -> None:
    """Ctrl-C so many seconds after the shelf was first asked for something, which takes longer.

    To the main thread itself, as a terminal's arrives: it breaks a wait for a lock, too.
    """
    answer = getattr(Shelf, call)
    waiting = list(seconds)

    async def asked(self: Shelf, request: Any) -> Any:
        main = threading.main_thread().ident
        while waiting:
            threading.Timer(waiting.pop(), signal.pthread_kill, (main, signal.SIGINT)).start()
        await asyncio.sleep(0.5)
        return await answer(self, request)

    monkeypatch.setattr(Shelf, call, asked)


def test_ctrl_c_while_an_interrupted_run_is_settled_waits_for_the_answer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program('Box("box")')
    up(bench)
    bench.program("")
    deployment = json.loads(bench.state_file.read_text())
    (box,) = [r for r in deployment["deployment"]["resources"] if r["type"].startswith("shelf:")]
    deployment["deployment"]["pending_operations"] = [{"resource": box, "type": "deleting"}]
    bench.state_file.write_text(json.dumps(deployment))
    with monkeypatch.context() as patched:
        ctrl_c_during(patched, "delete", seconds=[0.1, 0.25])
        with pytest.raises(engine.InterruptedRunError):
            up(bench)
    assert bench.shelf.things() == {}, "it was asked of the service and is not left running"
    up(bench)
    assert "box" not in bench.resources()


def test_two_runs_on_one_stack_are_kept_apart_and_told_who(bench: Bench) -> None:
    bench.program('Box("box")')
    refused = threading.Event()
    bench.shelf.gate = refused.is_set
    first = threading.Thread(target=up, args=(bench,))
    first.start()
    try:
        while not bench.shelf.running:
            first.join(0.01)
        with pytest.raises(engine.LockedError, match=r"process \d+ \(up, since .*\) is working"):
            engine.destroy(bench.folder, "local", provider={"shelf": bench.shelf})
    finally:
        refused.set()
        first.join()


def test_the_engine_refuses_to_run_inside_a_running_loop(bench: Bench) -> None:
    async def inside() -> None:
        preview(bench)

    with pytest.raises(engine.RunFailedError, match="running event loop"):
        asyncio.run(inside())
