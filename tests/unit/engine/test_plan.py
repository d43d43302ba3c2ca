"""The plan has the shape of `pulumi preview --json`."""

from __future__ import annotations

import json

from tests.support.shelf import Bench
from tests.unit.engine.test_running import preview, up


def test_a_first_preview_lists_creates_and_no_default_provider(bench: Bench) -> None:
    bench.settings("config:\n  shelf:room: attic\n")
    bench.program('Box("box", label="tea")\npulumi.log.warn("careful")')
    plan = preview(bench)
    written = json.loads(json.dumps(plan.to_json()))
    assert set(written) == {"config", "steps", "diagnostics", "duration", "changeSummary"}
    assert written["config"] == {"shelf:room": "attic"}
    assert [s["op"] for s in written["steps"]] == ["create", "create"]
    assert written["changeSummary"] == {"create": 2}
    assert written["diagnostics"] == [
        {"urn": "", "prefix": "warning: ", "message": "careful", "severity": "warning"}
    ]
    step = written["steps"][1]
    assert step["urn"] == "urn:pulumi:local::demo::shelf:index:Box::box"
    assert step["newState"]["type"] == "shelf:index:Box"
    assert step["newState"]["inputs"]["label"] == "tea"
    assert step["newState"]["parent"].endswith("pulumi:pulumi:Stack::demo-local")
    assert step["provider"].startswith("urn:pulumi:local::demo::pulumi:providers:shelf::default::")
    assert "oldState" not in step


def test_what_is_unchanged_is_counted_and_not_listed(bench: Bench) -> None:
    bench.program('Box("box")')
    up(bench)
    written = preview(bench).to_json()
    assert written["steps"] == []
    assert written["changeSummary"] == {"same": 2}


def test_an_update_shows_both_states_and_what_differs(bench: Bench) -> None:
    bench.program('Box("box", label="a")')
    up(bench)
    bench.program('Box("box", label="b")')
    (step,) = preview(bench).to_json()["steps"]
    assert step["op"] == "update"
    assert step["diffReasons"] == ["label"]
    assert step["oldState"]["inputs"]["label"] == "a"
    assert step["newState"]["inputs"]["label"] == "b"
    assert step["newState"]["id"] == step["oldState"]["id"]


def test_a_replacement_is_three_steps_and_its_delete_comes_last(bench: Bench) -> None:
    bench.program('Box("box", name="left")\nBox("gone")')
    up(bench)
    bench.program('Box("box", name="right")\nBox("late")')
    written = preview(bench).to_json()
    ops = [(s["op"], s["urn"].rsplit("::", 1)[-1]) for s in written["steps"]]
    assert ops.index(("create-replacement", "box")) > ops.index(("replace", "box"))
    assert ops[-1] == ("delete-replaced", "box")
    assert ("delete", "gone") in ops
    assert written["changeSummary"] == {"create": 1, "delete": 1, "replace": 1, "same": 1}


def test_where_the_old_one_goes_first_so_does_its_step(bench: Bench) -> None:
    bench.program('Box("box", material="oak")')
    up(bench)
    bench.program('Box("box", material="ash")')
    ops = [s["op"] for s in preview(bench).to_json()["steps"]]
    assert ops == ["delete-replaced", "replace", "create-replacement"]


def test_two_previews_of_one_program_are_equal(bench: Bench) -> None:
    bench.program('Box("box", name="n", tags={k: k for k in "zyxabc"})')
    first, second = (preview(bench).to_json() for _ in range(2))
    first["duration"] = second["duration"] = 0
    assert json.dumps(first) == json.dumps(second)


def test_the_up_that_follows_does_what_the_preview_said(bench: Bench) -> None:
    bench.program('Box("a", label="1")\nBox("b", name="left")\nBox("c")')
    up(bench)
    bench.program('Box("a", label="2")\nBox("b", name="right")\nBox("d")')
    said = {(s.urn, s.op) for s in preview(bench).steps}
    assert {(s.urn, s.op) for s in up(bench).steps} == said
