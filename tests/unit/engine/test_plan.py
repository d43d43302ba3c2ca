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
    assert written["diagnostics"] == [{"message": "warning: careful\n", "severity": "warning"}]
    step = written["steps"][1]
    assert step["urn"] == "urn:pulumi:local::demo::shelf:index:Box::box"
    assert step["newState"]["type"] == "shelf:index:Box"
    assert step["newState"]["inputs"]["label"] == "tea"
    assert step["newState"]["parent"].endswith("pulumi:pulumi:Stack::demo-local")
    assert step["provider"].startswith("urn:pulumi:local::demo::pulumi:providers:shelf::default::")
    assert "oldState" not in step
    assert step["detailedDiff"] is None


def test_what_is_unchanged_is_counted_and_only_the_stack_is_listed(bench: Bench) -> None:
    bench.program('Box("box")')
    up(bench)
    written = preview(bench).to_json()
    assert [(s["op"], set(s)) for s in written["steps"]] == [
        ("same", {"op", "urn", "oldState", "newState", "detailedDiff"})
    ]
    assert set(written) == {"steps", "duration", "changeSummary"}
    assert written["changeSummary"] == {"same": 2}


def test_an_update_shows_both_states_and_what_differs(bench: Bench) -> None:
    bench.program('Box("box", label="a")')
    up(bench)
    bench.program('Box("box", label="b")')
    _, step = preview(bench).to_json()["steps"]
    assert step["op"] == "update"
    assert step["diffReasons"] == ["label"]
    assert step["oldState"]["inputs"]["label"] == "a"
    assert step["newState"]["inputs"]["label"] == "b"
    assert "id" not in step["newState"]
    assert step["oldState"]["created"] == step["newState"]["created"]


def test_a_replacement_is_one_step_and_deletes_come_last(bench: Bench) -> None:
    bench.program('Box("box", name="left")\nBox("gone")')
    up(bench)
    bench.program('Box("box", name="right")\nBox("late")')
    written = preview(bench).to_json()
    ops = {(s["op"], s["urn"].rsplit("::", 1)[-1]) for s in written["steps"]}
    assert ops == {
        ("same", "demo-local"),
        ("replace", "box"),
        ("create", "late"),
        ("delete", "gone"),
    }
    assert written["steps"][-1]["op"] == "delete"
    assert written["changeSummary"] == {"create": 1, "delete": 1, "replace": 1, "same": 1}


def test_a_look_at_something_is_listed_and_not_counted(bench: Bench) -> None:
    (bench.shelf.folder / "there.json").write_text('{"urn": "", "name": "there"}')
    bench.program('Box("box", opts=Options(id="there"))')
    plan = preview(bench)
    written = plan.to_json()
    assert [s["op"] for s in written["steps"]] == ["create", "read"]
    assert written["changeSummary"] == {"create": 1}
    assert plan.changes == 1


def test_a_change_of_protection_alone_is_listed(bench: Bench) -> None:
    bench.program('Box("box", opts=Options(protect=True))')
    up(bench)
    bench.program('Box("box")')
    assert [s["op"] for s in preview(bench).to_json()["steps"]] == ["same", "same"]


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
