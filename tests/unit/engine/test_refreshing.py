"""A refresh alone: the state follows what is there, and nothing there is changed."""

from __future__ import annotations

import json

import pytest
from pilaster_local import engine

from tests.support.shelf import Bench
from tests.unit.engine.test_running import up


def refresh(bench: Bench) -> engine.Outcome:
    given = {"shelf": bench.shelf}
    return engine.refresh(bench.folder, bench.stack, provider=given, on_event=bench.events.append)


def change_behind_its_back(bench: Bench, name: str, **changes: str) -> None:
    file = bench.shelf.folder / f"{name}.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


PROGRAM = """
Box("left", name="left", label="as wanted")
Box("right", name="right")
Rack("rack")
"""


def test_what_is_as_it_was_is_the_same_and_nothing_is_written(bench: Bench) -> None:
    bench.program(PROGRAM)
    up(bench)
    before = bench.state_file.read_bytes()
    assert refresh(bench).counts == {"same": 4}
    assert bench.state_file.read_bytes() == before


def test_drift_is_seen_in_inputs_and_outputs_and_the_next_up_repairs_it(bench: Bench) -> None:
    bench.program(PROGRAM)
    up(bench)
    change_behind_its_back(bench, "left", label="drifted")
    found = refresh(bench)
    assert found.counts == {"same": 3, "update": 1}
    assert found.step("left").changed == ("label",)
    assert found.step("left").detailed == {"label": {"kind": "update", "inputDiff": True}}
    left = bench.resources()["left"]
    assert left["inputs"]["label"] == left["outputs"]["label"] == "drifted"
    assert bench.shelf.asked("update") == []
    repaired = up(bench)
    assert repaired.counts == {"same": 3, "update": 1}
    assert bench.shelf.things()["left"]["label"] == "as wanted"
    assert refresh(bench).changes == 0


def test_what_is_gone_leaves_the_state_and_is_made_again(bench: Bench) -> None:
    bench.program(PROGRAM)
    up(bench)
    (bench.shelf.folder / "right.json").unlink()
    assert refresh(bench).counts == {"delete": 1, "same": 3}
    assert "right" not in bench.resources()
    assert bench.shelf.asked("delete") == []
    assert up(bench).step("right").op == "create"


def test_a_protected_thing_that_is_gone_is_gone(bench: Bench) -> None:
    bench.program('Box("box", name="box", opts=Options(protect=True))')
    up(bench)
    (bench.shelf.folder / "box.json").unlink()
    assert refresh(bench).step("box").op == "delete"


def test_a_secret_output_stays_secret(bench: Bench) -> None:
    bench.program(
        'Box("box", name="box", label="a", opts=Options(additional_secret_outputs=["stamp"]))'
    )
    up(bench)
    change_behind_its_back(bench, "box", label="b")
    refresh(bench)
    assert "ciphertext" in bench.resources()["box"]["outputs"]["stamp"]


def test_what_is_only_read_is_refreshed_without_inputs_of_ours(bench: Bench) -> None:
    (bench.shelf.folder / "there.json").write_text(
        json.dumps({"urn": "", "finished": True, "name": "there", "label": "a"})
    )
    bench.program('Box("box", opts=Options(id="there"))')
    up(bench)
    change_behind_its_back(bench, "there", label="b")
    refresh(bench)
    assert "inputs" not in bench.resources()["box"]


def test_one_that_cannot_be_read_stops_it_and_is_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program(PROGRAM)
    up(bench)

    async def broken(request: object) -> object:
        raise ValueError("the shelf is dark")

    monkeypatch.setattr(bench.shelf, "read", broken)
    with pytest.raises(engine.RunFailedError, match=r"Box::(left|right): the shelf is dark"):
        refresh(bench)
    assert {"left", "right"} <= set(bench.resources())
