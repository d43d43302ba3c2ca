"""What `replace_on_changes` replaces, and what goes with something that is deleted first."""

from __future__ import annotations

import json

import pytest
from pilaster_local import engine

from tests.support.shelf import Bench
from tests.unit.engine.test_running import preview, up

ASKED = 'Box("box", label="{label}", tags={tags}, opts=Options(replace_on_changes={asked}))'


@pytest.mark.parametrize(
    ("asked", "op"),
    [
        (["label"], "update"),
        (["tags"], "replace"),
        (["tags.a"], "replace"),
        (["tags.b"], "update"),
        (["tags[*]"], "replace"),
        (['tags["a"]'], "replace"),
        (["*"], "replace"),
        (["tags.a.deeper"], "update"),
    ],
)
def test_a_change_that_a_path_contains_replaces(bench: Bench, asked: list[str], op: str) -> None:
    bench.shelf.details = True
    bench.program(ASKED.format(label="x", tags={"a": "1", "b": "1"}, asked=asked))
    up(bench)
    bench.program(ASKED.format(label="x", tags={"a": "2", "b": "1"}, asked=asked))
    planned = preview(bench).step("box")
    assert (planned.op, planned.changed) == (op, ("tags",))
    assert planned.replaced_by == (("tags",) if op == "replace" else ())
    assert up(bench).step("box").op == op


def test_without_details_of_the_provider_only_whole_properties_are_known(bench: Bench) -> None:
    """The official engine knows no more either."""
    bench.program(ASKED.format(label="x", tags={"a": "1"}, asked=["tags.a"]))
    up(bench)
    bench.program(ASKED.format(label="x", tags={"a": "2"}, asked=["tags.a"]))
    assert preview(bench).step("box").op == "update"


def test_nothing_changed_replaces_nothing(bench: Bench) -> None:
    bench.program(ASKED.format(label="x", tags={}, asked=["*"]))
    up(bench)
    assert up(bench).changes == 0


def test_what_is_not_finished_is_replaced_if_that_was_asked(bench: Bench) -> None:
    bench.program('Box("box", name="b", fail="half", opts=Options(replace_on_changes=["*"]))')
    with pytest.raises(engine.RunFailedError):
        up(bench)
    bench.program(
        'Box("box", name="b", '
        'opts=Options(replace_on_changes=["#initerror"], delete_before_replace=True))'
    )
    step = up(bench).step("box")
    assert (step.op, "#initerror" in step.replaced_by) == ("replace", True)


def test_the_options_stand_in_the_state_as_the_official_engine_writes_them(bench: Bench) -> None:
    bench.program(
        'Box("box", opts=Options(replace_on_changes=["label"], ignore_changes=["tags.a"]))'
    )
    up(bench)
    written = bench.resources()["box"]
    assert written["replaceOnChanges"] == ["label"]
    assert written["ignoreChanges"] == ["tags.a"]


def test_a_dependent_that_is_deleted_with_it_goes_and_comes_back(bench: Bench) -> None:
    text = """
box = Box("box", name="left", material="{}")
Box("lid", opts=Options(deleted_with=box, depends_on=[box]))
"""
    bench.program(text.format("oak"))
    up(bench)
    bench.shelf.calls.clear()
    bench.program(text.format("elm"))
    assert preview(bench).counts == {"replace": 2, "same": 1}
    assert up(bench).counts == {"replace": 2, "same": 1}
    assert bench.shelf.asked("delete") == ["box"], "the lid went with the box"


def test_a_dependent_follows_if_a_path_of_its_own_says_so(bench: Bench) -> None:
    text = """
box = Box("box", name="left", material="{}")
Slot("slot", name="s", label=box.arn, opts=Options(replace_on_changes=["label"]))
Slot("other", name="o", label=box.arn)
"""
    bench.program(text.format("oak"))
    up(bench)
    bench.program(text.format("elm"))
    done = up(bench)
    assert done.step("slot").op == "replace"
    assert done.step("other").op == "same", "the same arn as before"


def test_what_another_engine_has_deleted_and_not_made_again_is_made(bench: Bench) -> None:
    bench.program('Box("box", name="left")')
    up(bench)
    state = json.loads(bench.state_file.read_text())
    box = next(r for r in state["deployment"]["resources"] if r["urn"].endswith("::box"))
    box["pendingReplacement"] = True
    bench.state_file.write_text(json.dumps(state))
    (bench.shelf.folder / "left.json").unlink()
    assert preview(bench).step("box").op == "replace"
    assert up(bench).step("box").op == "replace"
    assert list(bench.shelf.things()) == ["left"]
    assert "pendingReplacement" not in bench.resources()["box"]


def test_what_waits_for_its_replacement_and_is_not_wanted_is_forgotten(bench: Bench) -> None:
    bench.program('Box("box", name="left")')
    up(bench)
    state = json.loads(bench.state_file.read_text())
    box = next(r for r in state["deployment"]["resources"] if r["urn"].endswith("::box"))
    box["pendingReplacement"] = True
    bench.state_file.write_text(json.dumps(state))
    bench.program("")
    up(bench)
    assert "box" not in bench.resources()
    assert bench.shelf.asked("delete") == []


def test_what_is_tainted_is_replaced(bench: Bench) -> None:
    bench.program('Box("box")')
    up(bench)
    state = json.loads(bench.state_file.read_text())
    box = next(r for r in state["deployment"]["resources"] if r["urn"].endswith("::box"))
    box["taint"] = True
    bench.state_file.write_text(json.dumps(state))
    assert up(bench).step("box").op == "replace"
    assert "taint" not in bench.resources()["box"]
    assert up(bench).changes == 0


def test_protection_may_be_lifted_by_the_run_that_replaces(bench: Bench) -> None:
    """As the official engine does; a deletion wants a run in between."""
    bench.program('Box("box", name="left", opts=Options(protect=True))')
    up(bench)
    bench.program('Box("box", name="right")')
    assert up(bench).step("box").op == "replace"


def test_a_protected_dependent_stops_a_replacement_before_anything_is_deleted(bench: Bench) -> None:
    text = """
box = Box("box", name="left", material="{}")
Slot("slot", name="s", box=box.name, opts=Options(protect=True))
"""
    bench.program(text.format("oak"))
    up(bench)
    bench.program(text.format("elm"))
    with pytest.raises(engine.RunFailedError, match="slot: is protected and would be deleted"):
        up(bench)
    assert sorted(bench.shelf.things()) == ["left", "s"]


def test_what_is_deleted_with_a_thing_is_made_anew_with_it(bench: Bench) -> None:
    """The service takes it away with the old one, at the end, and nobody would notice."""
    text = """
box = Box("box", name="{}")
lid = Slot("lid", opts=Options(deleted_with=box))
Slot("knob", opts=Options(deleted_with=lid))
"""
    bench.program(text.format("left"))
    up(bench)
    bench.program(text.format("right"))
    assert preview(bench).counts == {"replace": 3, "same": 1}
    bench.shelf.calls.clear()
    done = up(bench)
    assert (done.counts, done.step("lid").replaced_by) == (
        {"replace": 3, "same": 1},
        ("deletedWith",),
    )
    assert bench.shelf.asked("delete") == ["box"], "the others go with it"


def test_a_replacement_takes_what_the_program_says_even_where_changes_are_ignored(
    bench: Bench,
) -> None:
    """As the official engine: the old name would be taken, for the old one goes last."""
    bench.program('Box("box", name="left")')
    up(bench)
    bench.program("""
Box("box", name="right", size=1, opts=Options(
    ignore_changes=["name"], replace_on_changes=["size"]))
""")
    assert up(bench).step("box").op == "replace"
    assert list(bench.shelf.things()) == ["right"]


FIXED = """
box = Box("box", name="left", material="{}"{})
Slot("slot", name="s", box=box.name)
"""


def test_what_a_failed_replacement_left_deleted_is_replaced_by_the_next_run(bench: Bench) -> None:
    """The state of the official engine, too: it goes on from there."""
    bench.program(FIXED.format("oak", ""))
    up(bench)
    bench.program(FIXED.format("elm", ', fail="refuse"'))
    with pytest.raises(engine.RunFailedError):
        up(bench)
    assert bench.shelf.things() == {}
    left = bench.resources()
    assert left["box"]["pendingReplacement"] is left["slot"]["pendingReplacement"] is True
    bench.program(FIXED.format("ash", ""))
    assert preview(bench).counts == {"replace": 2, "same": 1}
    bench.shelf.calls.clear()
    assert up(bench).counts == {"replace": 2, "same": 1}
    assert bench.shelf.asked("delete") == []
    assert up(bench).changes == 0


@pytest.mark.parametrize("program", ["", 'Box("box", name="left", material="elm")'])
def test_a_dependent_that_went_early_and_is_not_wanted_is_forgotten(
    bench: Bench, program: str
) -> None:
    bench.program(FIXED.format("oak", ""))
    up(bench)
    bench.program(program)
    up(bench)
    assert "slot" not in bench.resources()
    assert up(bench).changes == 0
