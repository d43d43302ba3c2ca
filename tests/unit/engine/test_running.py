"""What an `up` makes of a program."""

from __future__ import annotations

import asyncio

import pytest
from pilaster_local import engine
from pilaster_local.engine.values import UNKNOWN

from tests.support.shelf import Bench, is_unknown


def up(bench: Bench, *, refresh: bool = False) -> engine.Outcome:
    return engine.up(
        bench.folder,
        bench.stack,
        provider={"shelf": bench.shelf},
        on_event=bench.events.append,
        refresh=refresh,
    )


def preview(bench: Bench) -> engine.Plan:
    return engine.preview(bench.folder, bench.stack, provider={"shelf": bench.shelf})


def test_what_the_program_registers_is_made(bench: Bench) -> None:
    bench.program('box = Box("box", label="tea")\npulumi.export("arn", box.arn)')
    outcome = up(bench)
    (name,) = bench.shelf.things()
    assert outcome.counts == {"create": 2}, "the stack and the box; a default provider is no news"
    assert outcome.outputs == {"arn": f"arn:shelf:{name}"}
    assert engine.outputs(bench.folder, "local") == outcome.outputs


def test_a_second_up_changes_nothing_and_writes_nothing(bench: Bench) -> None:
    bench.program('rack = Rack("rack")\nBox("box", label="tea", opts=Options(parent=rack))')
    up(bench)
    before = bench.state_file.stat().st_mtime_ns, bench.state_file.read_bytes()
    outcome = up(bench)
    assert outcome.counts == {"same": 3}
    assert outcome.changes == 0
    assert (bench.state_file.stat().st_mtime_ns, bench.state_file.read_bytes()) == before
    assert not bench.journal_file.exists()


def test_a_changed_input_updates_that_resource_alone(bench: Bench) -> None:
    bench.program('Box("box", label="tea")\nBox("other")')
    up(bench)
    made = set(bench.shelf.things())
    bench.program('Box("box", label="coffee")\nBox("other")')
    outcome = up(bench)
    assert outcome.counts == {"same": 2, "update": 1}
    assert outcome.step("box").changed == ("label",)
    assert bench.shelf.asked("update") == ["box"]
    assert set(bench.shelf.things()) == made


def test_a_removed_input_is_seen(bench: Bench) -> None:
    bench.program('Box("box", label="tea", size=3)')
    up(bench)
    bench.program('Box("box", size=3)')
    assert up(bench).step("box").changed == ("label",)
    assert all("label" not in thing for thing in bench.shelf.things().values())


def test_a_replacement_is_made_before_the_old_one_goes(bench: Bench) -> None:
    bench.program('Box("box", name="left")')
    up(bench)
    bench.program('Box("box", name="right")')
    bench.shelf.calls.clear()
    outcome = up(bench)
    assert outcome.step("box").op == "replace"
    assert outcome.counts == {"replace": 1, "same": 1}
    assert [call for call, _ in bench.shelf.calls if call != "check"] == [
        "diff",
        "create",
        "delete",
    ]
    assert list(bench.shelf.things()) == ["right"]
    assert set(bench.resources()) == {"demo-local", "default", "box"}


def test_a_replacement_gets_an_automatic_name_of_its_own(bench: Bench) -> None:
    bench.program('Slot("slot", box="a")')
    up(bench)
    (first,) = bench.shelf.things()
    bench.program('Slot("slot", box="b")')
    up(bench)
    (second,) = bench.shelf.things()
    assert first != second, "checked with the old inputs, the new one would take the old name"


def test_an_update_keeps_the_automatic_name(bench: Bench) -> None:
    bench.program('Box("box", label="a")')
    up(bench)
    before = set(bench.shelf.things())
    bench.program('Box("box", label="b")')
    up(bench)
    assert set(bench.shelf.things()) == before


def test_where_the_provider_says_so_the_old_one_goes_first(bench: Bench) -> None:
    bench.program('Box("box", name="same", material="oak")')
    up(bench)
    bench.program('Box("box", name="same", material="ash")')
    bench.shelf.calls.clear()
    up(bench)
    assert [call for call, _ in bench.shelf.calls if call in ("create", "delete")] == [
        "delete",
        "create",
    ]
    assert bench.shelf.things()["same"]["material"] == "ash"


def test_what_cannot_stay_while_it_is_gone_goes_first_and_comes_back(bench: Bench) -> None:
    text = 'box = Box("box", material="{}")\nSlot("slot", box=box.id)\nBox("free", label=box.arn)'
    bench.program(text.format("oak"))
    up(bench)
    bench.program(text.format("ash"))
    planned = preview(bench)
    bench.shelf.calls.clear()
    outcome = up(bench)
    changes = [c for c in bench.shelf.calls if c[0] in ("create", "delete", "update")]
    assert changes[:3] == [("delete", "slot"), ("delete", "box"), ("create", "box")]
    assert ("create", "slot") in changes
    assert ("update", "free") in changes, "what can be updated stays"
    assert outcome.counts == {"replace": 2, "same": 1, "update": 1}
    assert planned.counts == outcome.counts


def test_what_the_program_drops_is_deleted_dependents_first(bench: Bench) -> None:
    bench.program('box = Box("box")\nSlot("slot", box=box.id)\nBox("kept")')
    up(bench)
    bench.program('Box("kept")')
    bench.shelf.calls.clear()
    outcome = up(bench)
    assert bench.shelf.asked("delete") == ["slot", "box"]
    assert outcome.counts == {"delete": 2, "same": 2}


def test_nothing_is_deleted_before_the_program_has_come_to_its_end(bench: Bench) -> None:
    bench.program('Box("old")')
    up(bench)
    bench.program('Box("new")\nraise ValueError("half way")')
    with pytest.raises(engine.RunFailedError, match="half way"):
        up(bench)
    assert bench.shelf.asked("delete") == []


def test_an_update_that_comes_to_need_something_new_moves_behind_it_in_the_state(
    bench: Bench,
) -> None:
    bench.program('Box("first")')
    up(bench)
    bench.program('new = Box("new")\nBox("first", label=new.arn)')
    up(bench)
    order = list(bench.resources())
    assert order.index("new") < order.index("first")


def test_independent_resources_are_made_at_once_and_dependents_after(bench: Bench) -> None:
    bench.program("""
boxes = [Box(f"box-{n}") for n in range(8)]
Box("last", label=boxes[0].arn)
""")
    bench.shelf.gate = lambda: bench.shelf.most_at_once == 8
    up(bench)
    assert bench.shelf.most_at_once == 8
    assert bench.shelf.asked("create")[-1] == "last"


def test_independent_resources_are_deleted_at_once(bench: Bench) -> None:
    bench.program('for n in range(8): Box(f"box-{n}")')
    up(bench)
    bench.shelf.most_at_once = 0
    bench.shelf.gate = lambda: bench.shelf.most_at_once == 8
    engine.destroy(bench.folder, "local", provider={"shelf": bench.shelf})
    assert bench.shelf.most_at_once == 8


def test_children_carry_the_chain_of_their_parents_but_not_the_stacks(bench: Bench) -> None:
    bench.program("""
rack = Rack("rack")
inner = Rack("inner", opts=Options(parent=rack))
Box("box", opts=Options(parent=inner))
""")
    up(bench)
    resources = bench.resources()
    assert resources["rack"]["urn"] == "urn:pulumi:local::demo::demo:index:Rack::rack"
    assert resources["box"]["urn"] == (
        "urn:pulumi:local::demo::demo:index:Rack$demo:index:Rack$shelf:index:Box::box"
    )
    assert resources["box"]["parent"] == resources["inner"]["urn"]
    assert resources["rack"]["parent"] == resources["demo-local"]["urn"]


def test_dependencies_are_in_the_state_in_whole_and_by_property(bench: Bench) -> None:
    bench.program("""
a = Box("a")
b = Box("b")
Box("c", label=a.arn, opts=Options(depends_on=[b]))
""")
    up(bench)
    resources = bench.resources()
    urns = {name: resource["urn"] for name, resource in resources.items()}
    assert resources["c"]["dependencies"] == sorted([urns["a"], urns["b"]])
    assert resources["c"]["propertyDependencies"] == {"label": [urns["a"]]}


def test_a_preview_does_nothing_and_knows_what_is_not_known(bench: Bench) -> None:
    bench.program('box = Box("box")\nBox("next", label=box.arn)\npulumi.export("arn", box.arn)')
    plan = preview(bench)
    assert bench.shelf.things() == {}
    assert not bench.state_file.parent.exists()
    assert plan.step("next").inputs["label"] == UNKNOWN
    assert plan.outputs == {"arn": UNKNOWN}
    sent = [r.new_inputs["label"] for r in bench.shelf.requests if r.name == "next"]
    assert all(is_unknown(value) for value in sent), "the provider sees a computed value"


def test_apply_does_not_run_on_what_is_not_known(bench: Bench) -> None:
    bench.program('Box("box").arn.apply(lambda arn: 1 / 0)')
    assert preview(bench).counts == {"create": 2}
    with pytest.raises(engine.RunFailedError, match="ZeroDivisionError"):
        up(bench)


def test_a_preview_of_what_exists_knows_its_outputs(bench: Bench) -> None:
    bench.program('box = Box("box")\npulumi.export("arn", box.arn)')
    outcome = up(bench)
    assert preview(bench).outputs == outcome.outputs


def test_a_provider_that_previews_is_asked_to(bench: Bench) -> None:
    bench.shelf.previews = True
    bench.program('box = Box("box", name="here")\npulumi.export("name", box.name)')
    assert preview(bench).outputs == {"name": "here"}
    assert bench.shelf.asked("create") == ["box"]
    assert bench.shelf.things() == {}


def test_without_a_provider_any_stack_can_be_previewed(bench: Bench) -> None:
    bench.stack = "prod"
    bench.program("""
import json
box = Box("box")
Box("next", label=pulumi.Output.json_dumps({"of": box.arn}), size=3)
""")
    plan = engine.preview(bench.folder, "prod", provider=None)
    assert plan.counts == {"create": 3}
    assert plan.step("next").inputs == {"label": UNKNOWN, "size": 3}


def test_a_function_is_asked_and_answers(bench: Bench) -> None:
    bench.program("""
answer = pulumi.runtime.invoke("shelf:index:look", {"asked": "me"}).value
pulumi.export("plain", answer["answer"])
pulumi.export("output", pulumi.runtime.invoke_output("shelf:index:look", {"asked": "you"}))
""")
    assert up(bench).outputs == {"plain": "of me", "output": {"answer": "of you"}}


def test_a_function_that_fails_says_which_and_why(bench: Bench) -> None:
    bench.program('pulumi.runtime.invoke("shelf:index:broken", {})')
    with pytest.raises(
        engine.RunFailedError, match=r"shelf:index:broken.*is unknown to this shelf \(width\)"
    ):
        up(bench)


def test_what_the_program_logs_and_prints_becomes_events(bench: Bench, capsys) -> None:
    bench.program("""
box = Box("box")
pulumi.log.info("with a box", resource=box, stream_id=7, ephemeral=True)
pulumi.log.warn("mind the gap")
print("printed")
""")
    up(bench)
    told = {e.message: e for e in bench.events if isinstance(e, engine.Diagnostic)}
    assert told["mind the gap"].severity == "warning"
    assert told["printed"].severity == "info"
    assert told["with a box"].urn.endswith("::box")
    assert told["with a box"].stream == 7
    assert told["with a box"].ephemeral
    assert capsys.readouterr().out == "", "standard output belongs to the caller"


def test_an_event_handler_may_print(bench: Bench, capsys) -> None:
    bench.program('print("from the program")')
    engine.up(
        bench.folder,
        "local",
        provider={"shelf": bench.shelf},
        on_event=lambda event: print(type(event).__name__),
    )
    assert "Diagnostic" in capsys.readouterr().out


def test_an_archive_is_in_the_state_as_pulumi_has_it(bench: Bench) -> None:
    import hashlib

    (bench.folder / "code.zip").write_bytes(b"PK one")
    bench.program('Box("box", archive=pulumi.FileArchive("code.zip"))')
    up(bench)
    assert bench.resources()["box"]["inputs"]["archive"] == {
        "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7",
        "path": "code.zip",
        "hash": hashlib.sha256(b"PK one").hexdigest(),
    }


def test_an_engine_without_the_providers_word_compares_archives_by_content(bench: Bench) -> None:
    (bench.folder / "code.zip").write_bytes(b"PK one")
    bench.program('Box("box", name="it", archive=pulumi.FileArchive("code.zip"))')
    up(bench)
    (bench.folder / "code.zip").rename(bench.folder / "moved.zip")
    bench.program('Box("box", name="it", archive=pulumi.FileArchive("moved.zip"))')
    assert engine.preview(bench.folder, "local", provider=None).step("box").op == "same"
    (bench.folder / "moved.zip").write_bytes(b"PK two")
    assert engine.preview(bench.folder, "local", provider=None).step("box").op == "update"


def test_the_state_stands_where_nobody_else_can_read_it(bench: Bench) -> None:
    bench.program('Box("box")')
    up(bench)
    assert bench.state_file.stat().st_mode & 0o777 == 0o600
    assert bench.state_file.parent.stat().st_mode & 0o077 == 0


def test_a_provider_that_answers_at_once_is_asked_in_the_thread_that_asks(bench: Bench) -> None:
    bench.shelf.answers_at_once = True
    bench.shelf.previews = True
    bench.program('box = Box("box", label="tea")\npulumi.export("arn", box.arn)')
    assert preview(bench).step("box").op == "create"
    assert up(bench).step("box").op == "create", "what is made may wait, whatever was said"
    bench.program('Box("box", label="coffee")')
    assert up(bench).step("box").changed == ("label",)


def test_a_provider_that_said_so_and_waits_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def waits(request: object) -> object:
        await asyncio.sleep(0)
        raise AssertionError("nobody goes on with it")

    bench.shelf.answers_at_once = True
    monkeypatch.setattr(bench.shelf, "check", waits)
    bench.program('Box("box")')
    with pytest.raises(engine.RunFailedError, match="answers at once, and waits"):
        preview(bench)
