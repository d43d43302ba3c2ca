"""Resource options: what they do to the steps and what stands in the state."""

from __future__ import annotations

import pytest
from pilaster_local import engine
from pilaster_local.engine import deployment
from pulumi.provider.experimental.provider import DiffResponse

from tests.support.shelf import Bench, Shelf, plain
from tests.unit.engine.test_running import preview, up


def test_what_is_protected_is_not_deleted_and_the_error_says_how_to(bench: Bench) -> None:
    bench.program('Box("box", opts=Options(protect=True))\nBox("other")')
    up(bench)
    bench.program('Box("late")')
    with pytest.raises(engine.RunFailedError) as failed:
        up(bench)
    assert "urn:pulumi:local::demo::shelf:index:Box::box: is protected" in str(failed.value)
    assert "protect=False" in str(failed.value)
    assert bench.shelf.asked("delete") == [], "nothing else goes either"


def test_what_is_protected_is_not_replaced(bench: Bench) -> None:
    bench.program('Box("box", name="left", opts=Options(protect=True))')
    up(bench)
    bench.program('Box("box", name="right", opts=Options(protect=True))')
    with pytest.raises(engine.RunFailedError, match=r"would be replaced \(because of name\)"):
        preview(bench)
    with pytest.raises(engine.RunFailedError, match="is protected"):
        up(bench)
    assert list(bench.shelf.things()) == ["left"]


@pytest.mark.parametrize(
    "change",
    ['Box("late")', 'Box("late")\nBox("box", name="right", opts=Options(protect=True))'],
    ids=["deleted", "replaced"],
)
def test_a_run_that_protection_stops_has_changed_nothing(bench: Bench, change: str) -> None:
    bench.program('Box("box", name="left", opts=Options(protect=True))\nBox("other", label="a")')
    up(bench)
    before = bench.state_file.read_bytes(), bench.shelf.things()
    bench.shelf.calls.clear()
    bench.program(f'Box("other", label="b")\n{change}')
    with pytest.raises(engine.RunFailedError, match="is protected"):
        up(bench)
    assert (bench.state_file.read_bytes(), bench.shelf.things()) == before
    assert bench.shelf.asked("create") == bench.shelf.asked("update") == []


def test_without_anything_protected_the_program_runs_once(bench: Bench) -> None:
    bench.program('Box("box")\nprint("here")')
    up(bench)
    up(bench)
    assert sum(getattr(e, "message", "") == "here" for e in bench.events) == 2


def test_what_is_protected_may_change_and_lose_its_protection(bench: Bench) -> None:
    bench.program('Box("box", label="a", opts=Options(protect=True))')
    up(bench)
    bench.program('Box("box", label="b", opts=Options(protect=False))')
    assert up(bench).step("box").op == "update"
    bench.program("")
    assert up(bench).step("box").op == "delete"


def test_lifting_protection_alone_is_remembered(bench: Bench) -> None:
    bench.program('Box("box", opts=Options(protect=True))')
    up(bench)
    bench.program('Box("box")')
    assert up(bench).changes == 0
    assert not bench.resources()["box"].get("protect")


def test_destroy_honours_protection_unless_told_otherwise(bench: Bench) -> None:
    bench.program('Box("box", opts=Options(protect=True))')
    up(bench)
    given = {"shelf": bench.shelf}
    with pytest.raises(engine.RunFailedError, match="is protected and would be deleted"):
        engine.destroy(bench.folder, "local", provider=given)
    assert len(bench.shelf.things()) == 1
    engine.destroy(bench.folder, "local", provider=given, even_protected=True)
    assert bench.shelf.things() == {}
    assert bench.resources() == {}


def test_what_is_deleted_with_another_is_not_deleted_by_itself(bench: Bench) -> None:
    bench.program('box = Box("box")\nBox("inner", opts=Options(deleted_with=box))')
    up(bench)
    assert bench.resources()["inner"]["deletedWith"] == bench.resources()["box"]["urn"]
    bench.program("")
    outcome = up(bench)
    assert bench.shelf.asked("delete") == ["box"]
    assert outcome.counts["delete"] == 2


def test_what_is_deleted_alone_is_deleted_by_itself(bench: Bench) -> None:
    bench.program('box = Box("box")\nBox("inner", opts=Options(deleted_with=box))')
    up(bench)
    bench.program('box = Box("box")')
    up(bench)
    assert bench.shelf.asked("delete") == ["inner"]


def test_what_is_retained_leaves_the_state_and_stays_on_the_shelf(bench: Bench) -> None:
    bench.program('Box("box", name="kept", opts=Options(retain_on_delete=True))')
    up(bench)
    bench.program("")
    up(bench)
    assert "box" not in bench.resources()
    assert list(bench.shelf.things()) == ["kept"]


def test_the_program_may_say_which_goes_first_in_a_replacement(bench: Bench) -> None:
    text = 'Box("box", name="{}", opts=Options(delete_before_replace=True))'
    bench.program(text.format("left"))
    up(bench)
    bench.program(text.format("right"))
    bench.shelf.calls.clear()
    up(bench)
    assert [c for c, _ in bench.shelf.calls if c in ("create", "delete")] == ["delete", "create"]


def test_a_change_that_is_ignored_is_none(bench: Bench) -> None:
    text = 'Box("box", label="{}", tags={{"a": "{}", "b": "{}"}}, opts=Options(ignore_changes={}))'
    bench.program(text.format("a", 1, 1, []))
    up(bench)
    bench.program(text.format("b", 2, 1, ["label", "tags.a"]))
    assert up(bench).changes == 0
    bench.program(text.format("b", 2, 2, ["label", "tags.a"]))
    assert up(bench).step("box").changed == ("tags",)
    (thing,) = bench.shelf.things().values()
    assert thing["label"] == "a"
    assert thing["tags"] == {"a": "1", "b": "2"}


def test_timeouts_reach_the_provider_in_seconds(bench: Bench) -> None:
    bench.program(
        'Box("box", opts=Options(custom_timeouts=pulumi.CustomTimeouts(create="1h1m1.5s")))'
    )
    up(bench)
    (request,) = [r for r in bench.shelf.requests if type(r).__name__ == "CreateRequest"]
    assert request.timeout == 3661.5


def test_an_output_named_as_secret_is_one(bench: Bench) -> None:
    bench.program("""
box = Box("box", name="whisper", opts=Options(additional_secret_outputs=["arn"]))
pulumi.export("arn", box.arn)
""")
    assert up(bench).outputs == {"arn": "[secret]"}
    assert "arn:shelf:whisper" not in bench.everything_written()
    assert engine.outputs(bench.folder, "local", show_secrets=True) == {"arn": "arn:shelf:whisper"}


# --- aliases --------------------------------------------------------------------------------------


def test_a_renamed_resource_is_the_same_thing(bench: Bench) -> None:
    bench.program("""
box = Box("old", label="tea")
Slot("slot", box=box.id, opts=Options(parent=box))
""")
    up(bench)
    made = set(bench.shelf.things())
    bench.program("""
box = Box("new", label="coffee", opts=Options(aliases=[pulumi.Alias(name="old")]))
Slot("slot", box=box.id, opts=Options(parent=box))
""")
    planned = preview(bench)
    outcome = up(bench)
    assert planned.counts == outcome.counts == {"same": 2, "update": 1}
    assert set(bench.shelf.things()) == made
    resources = bench.resources()
    assert set(resources) == {"demo-local", "default", "new", "slot"}
    assert resources["slot"]["parent"] == resources["new"]["urn"]
    assert resources["slot"]["propertyDependencies"] == {"box": [resources["new"]["urn"]]}
    assert up(bench).changes == 0


def test_a_class_that_changed_its_type_is_the_same_thing(bench: Bench) -> None:
    bench.program('pulumi.CustomResource("shelf:old:Box", "box", {"name": "here"})')
    up(bench)
    bench.program("""
alias = pulumi.Alias(type_="shelf:old:Box")
Box("box", name="here", opts=Options(aliases=[alias]))
""")
    assert up(bench).counts == {"same": 2}
    assert bench.resources()["box"]["type"] == "shelf:index:Box"


@pytest.mark.parametrize("inside", ["{name}-box", "box"])
def test_a_component_that_is_renamed_keeps_what_is_in_it(bench: Bench, inside: str) -> None:
    """The official engine does; its SDK hands no alias on to children."""
    program = """
rack = Rack("NAME", Options(ALIASES))
inner = Rack("NAME-inner", Options(parent=rack))
Box("INSIDE", label="coffee", opts=Options(parent=inner))
"""

    def named(name: str, aliases: str) -> str:
        text = program.replace("INSIDE", inside.format(name=f"{name}-inner"))
        return text.replace("NAME", name).replace("ALIASES", aliases)

    bench.program(named("old", ""))
    up(bench)
    made = bench.shelf.things()
    bench.program(named("new", 'aliases=[pulumi.Alias(name="old")]'))
    assert up(bench).counts == {"same": 4}
    assert bench.shelf.things() == made


def test_an_alias_of_what_never_was_is_no_rename(bench: Bench) -> None:
    bench.program('Box("new", opts=Options(aliases=[pulumi.Alias(name="old")]))')
    assert preview(bench).step("new").op == "create"


def test_an_alias_of_what_another_resource_still_is_is_refused(bench: Bench) -> None:
    """Whichever comes first: which of two does is chance."""
    bench.program('Box("a", name="a")')
    up(bench)
    first, second = 'Box("a", name="a")', 'Box("b", opts=Options(aliases=[pulumi.Alias(name="a")]))'
    for one, other in [(first, second), (second, first)]:
        bench.program(f"{one}\n{other}")
        with pytest.raises(engine.RunFailedError, match=r"before.*drop that alias"):
            preview(bench)


def test_two_resources_cannot_have_been_the_same_one(bench: Bench) -> None:
    bench.program('Box("a", name="a")')
    up(bench)
    bench.program("""
for name in ("b", "c"): Box(name, opts=Options(aliases=[pulumi.Alias(name="a")]))
""")
    with pytest.raises(engine.RunFailedError, match=r"was called .*::a before"):
        preview(bench)


def test_an_alias_may_name_a_parent_that_was_itself_called_otherwise(bench: Bench) -> None:
    """The parent moves out of a component and the child out of the parent, in one run."""
    bench.program("""
rack = Rack("rack")
box = Box("box", name="left", opts=Options(parent=rack))
Slot("slot", name="s", opts=Options(parent=box))
""")
    up(bench)
    bench.program("""
rack = Rack("rack")
box = Box("chest", name="left", opts=Options(aliases=[pulumi.Alias(name="box", parent=rack)]))
Slot("gap", name="s", opts=Options(aliases=[pulumi.Alias(name="slot", parent=box)]))
""")
    assert up(bench).counts == {"same": 4}
    bench.program("""
box = Box("chest", name="left")
alias = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
Slot("gap", name="s", opts=Options(parent=box, aliases=[alias]))
""")
    assert up(bench).counts == {"delete": 1, "same": 3}


# --- providers ----------------------------------------------------------------------------------


def test_the_default_provider_is_set_up_from_the_stacks_settings(bench: Bench) -> None:
    bench.settings("config:\n  shelf:room: kitchen\n  demo:other: x\n")
    bench.program('Box("box", opts=Options(version="1.2.3"))')
    up(bench)
    assert bench.shelf.settings == [{"room": "kitchen", "version": "1.2.3"}]
    provider = bench.resources()["default_1_2_3"]
    assert provider["type"] == "pulumi:providers:shelf"
    assert bench.resources()["box"]["provider"] == f"{provider['urn']}::{provider['id']}"


def test_a_provider_of_the_programs_own_is_used_where_it_says(bench: Bench) -> None:
    bench.program("""
attic = Shelves("attic", room="attic")
Box("box", opts=Options(provider=attic))
rack = Rack("rack", opts=Options(providers=[attic]))
Box("inside", opts=Options(parent=rack))
""")
    up(bench)
    resources = bench.resources()
    reference = f"{resources['attic']['urn']}::{resources['attic']['id']}"
    assert resources["box"]["provider"] == resources["inside"]["provider"] == reference
    assert bench.shelf.settings == [{"room": "attic"}]
    assert up(bench).changes == 0


def test_two_providers_with_different_settings_need_a_provider_that_can(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program("""
attic = Shelves("attic", room="attic")
cellar = Shelves("cellar", room="cellar")
Box("up", opts=Options(provider=attic))
Box("down", opts=Options(provider=cellar))
""")
    with pytest.raises(engine.RunFailedError, match="two providers for 'shelf'"):
        preview(bench)  # an `up` may make one of the boxes before the other is refused
    made: list[Shelf] = []

    def configured(self: Shelf, settings: dict) -> Shelf:
        made.append(Shelf(self.folder.with_name(plain(settings["room"]))))
        return made[-1]

    monkeypatch.setattr(Shelf, "configured", configured, raising=False)
    up(bench)
    assert len(bench.shelf.things()) == len(made[0].things()) == 1


def test_making_a_provider_does_not_wait_for_who_waits_for_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment, "PARALLEL", 1)
    bench.shelf.delay = 0.05
    bench.program("""
own = Shelves("own")
boxes = [Box(f"own-{n}", opts=Options(provider=own)) for n in range(4)]
for box in boxes: Box(f"on-{box._name}", label=box.arn)
""")
    assert up(bench).counts == {"create": 10}
    assert bench.shelf.most_at_once == 1


def test_a_package_nobody_provides_is_refused_by_name(bench: Bench) -> None:
    bench.program('pulumi.CustomResource("cloud:index:Thing", "thing", {})')
    with pytest.raises(engine.RunFailedError, match=r"the package 'cloud'.*providers for shelf"):
        up(bench)


def test_a_default_provider_of_a_new_version_replaces_nothing(bench: Bench) -> None:
    bench.program('Box("box", opts=Options(version="1.0.0"))')
    up(bench)
    bench.program('Box("box", opts=Options(version="2.0.0"))')
    assert up(bench).changes == 0
    assert set(bench.resources()) == {"demo-local", "default_2_0_0", "box"}


def test_a_provider_whose_settings_change_stays_the_same_unless_it_wants_to_be_another(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'attic = Shelves("attic", room="{}")\nBox("box", opts=Options(provider=attic))'
    bench.program(text.format("attic"))
    up(bench)
    bench.program(text.format("cellar"))
    assert preview(bench).step("attic").op == "update"

    async def another(request: object) -> DiffResponse:
        return DiffResponse(changes=True, replaces=["room"])

    monkeypatch.setattr(bench.shelf, "diff_config", another)
    with pytest.raises(engine.RunFailedError, match=r"not support replacing a provider \(.*room"):
        up(bench)
