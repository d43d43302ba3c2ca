"""What the program only looks at: `get` and stack references."""

from __future__ import annotations

import json

import pytest
from pilaster_local import engine
from pilaster_local.engine.values import UNKNOWN
from pilaster_local.providers.aws.plan import of_plan
from pulumi.runtime import rpc

from tests.support.shelf import Bench
from tests.unit.engine.test_running import preview, up

GET = """
box = Box("box", opts=Options(id="there"))
pulumi.export("arn", box.arn)
"""


def put_on_the_shelf(bench: Bench, name: str = "there", **more: str) -> None:
    thing = {"urn": "somebody else's", "finished": True, "name": name, **more}
    (bench.shelf.folder / f"{name}.json").write_text(json.dumps(thing))


def test_what_is_there_is_read_by_a_preview_and_by_an_up(bench: Bench) -> None:
    put_on_the_shelf(bench)
    bench.program(GET)
    planned = preview(bench)
    assert planned.outputs == {"arn": "arn:shelf:there"}
    assert planned.step("box").op == "read"
    assert up(bench).counts == {"create": 1, "read": 1}
    assert up(bench).counts == {"read": 1, "same": 1}, "it is read by every run"
    assert bench.shelf.asked("create") == bench.shelf.asked("update") == []


def test_what_is_only_read_is_not_checked_as_if_it_were_made(bench: Bench) -> None:
    put_on_the_shelf(bench)
    bench.program(GET)
    assert "shelf:index:Box" not in {r.type for r in of_plan(preview(bench).steps)}


def test_it_stands_in_the_state_as_external(bench: Bench) -> None:
    put_on_the_shelf(bench)
    bench.program(GET)
    up(bench)
    written = bench.resources()["box"]
    assert written == {
        "urn": "urn:pulumi:local::demo::shelf:index:Box::box",
        "custom": True,
        "id": "there",
        "type": "shelf:index:Box",
        "outputs": {"arn": "arn:shelf:there", "name": "there", "stamp": "as made"},
        "parent": "urn:pulumi:local::demo::pulumi:pulumi:Stack::demo-local",
        "external": True,
        "provider": written["provider"],
    }


def test_what_is_not_there_is_an_error(bench: Bench) -> None:
    bench.program(GET)
    with pytest.raises(engine.RunFailedError, match="there is no shelf:index:Box with the id"):
        preview(bench)


def test_what_was_only_read_is_never_deleted(bench: Bench) -> None:
    put_on_the_shelf(bench)
    bench.program(GET)
    up(bench)
    bench.program("")
    assert up(bench).counts == {"discard": 1, "same": 1}
    assert "box" not in bench.resources()
    bench.program(GET)
    up(bench)
    engine.destroy(bench.folder, "local", provider={"shelf": bench.shelf})
    assert bench.resources() == {}
    assert list(bench.shelf.things()) == ["there"]
    assert bench.shelf.asked("delete") == []


def test_what_was_read_and_is_managed_now_is_made_beside_it(bench: Bench) -> None:
    """As the official engine does: what is another's is not to be taken over."""
    put_on_the_shelf(bench)
    bench.program(GET)
    up(bench)
    bench.program('Box("box", name="own")')
    assert up(bench).step("box").op == "replace"
    assert sorted(bench.shelf.things()) == ["own", "there"]
    assert bench.shelf.asked("delete") == []
    assert set(bench.resources()) == {"demo-local", "default", "box"}


def test_what_was_managed_and_is_read_now_is_let_go(bench: Bench) -> None:
    bench.program('Box("box", name="there")')
    up(bench)
    bench.program(GET)
    assert up(bench).step("box").op == "read"
    assert bench.resources()["box"]["external"] is True
    assert list(bench.shelf.things()) == ["there"], "the same thing, and nobody's from now on"


def test_what_was_managed_goes_if_another_thing_is_read_in_its_place(bench: Bench) -> None:
    put_on_the_shelf(bench)
    bench.program('Box("box", name="own")')
    up(bench)
    bench.program(GET)
    assert up(bench).step("box").op == "replace"
    assert list(bench.shelf.things()) == ["there"]
    assert bench.resources()["box"]["id"] == "there"


def test_what_is_protected_is_not_replaced_by_something_that_is_read(bench: Bench) -> None:
    put_on_the_shelf(bench)
    bench.program('Box("box", name="own", opts=Options(protect=True))')
    up(bench)
    bench.program(GET)
    with pytest.raises(engine.RunFailedError, match="is protected"):
        up(bench)
    assert sorted(bench.shelf.things()) == ["own", "there"]


def test_an_id_that_is_not_known_yet_leaves_the_outputs_unknown(bench: Bench) -> None:
    bench.program("""
made = Box("made", name="there")
box = Box("box", opts=Options(id=made.id))
pulumi.export("arn", box.arn)
""")
    planned = preview(bench)
    assert planned.outputs["arn"] == UNKNOWN
    assert bench.shelf.asked("read") == []
    assert up(bench).outputs == {"arn": "arn:shelf:there"}


def test_without_a_provider_a_preview_takes_it_as_unknown_and_says_so(bench: Bench) -> None:
    bench.program(GET)
    planned = engine.preview(bench.folder, "local", provider=None)
    assert planned.outputs["arn"] == rpc.UNKNOWN
    assert "is not read, so its outputs are unknown here" in planned.diagnostics[0].message


def test_a_refresh_that_finds_it_gone_drops_it(bench: Bench) -> None:
    put_on_the_shelf(bench)
    bench.program(GET)
    up(bench)
    (bench.shelf.folder / "there.json").unlink()
    with pytest.raises(engine.RunFailedError, match="there is no shelf:index:Box"):
        up(bench, refresh=True)
    assert "box" not in bench.resources()


# --- stack references ---------------------------------------------------------------------------

OTHER = """
pulumi.export("plain", "hello")
pulumi.export("hidden", pulumi.Output.secret("a very secret thing"))
pulumi.export("deep", {"x": [1, pulumi.Output.secret("another secret thing")]})
"""
REFERRING = """
other = pulumi.StackReference({name!r})
pulumi.export("plain", other.get_output("plain"))
pulumi.export("hidden", other.get_output("hidden"))
pulumi.export("missing", other.get_output("nope"))
"""


def deploy_other(bench: Bench, stack: str = "other") -> None:
    bench.program(OTHER)
    engine.up(bench.folder, stack, provider={"shelf": bench.shelf})


@pytest.mark.parametrize("name", ["organization/demo/other", "organization/other", "other"])
def test_a_stack_reads_the_outputs_of_another_one(bench: Bench, name: str) -> None:
    deploy_other(bench)
    bench.program(REFERRING.format(name=name))
    expected = {"plain": "hello", "hidden": "[secret]", "missing": None}
    assert {"missing": None, **preview(bench).outputs} == expected
    assert {"missing": None, **up(bench).outputs} == expected
    shown = engine.outputs(bench.folder, "local", show_secrets=True)
    assert shown["hidden"] == "a very secret thing"
    assert "a very secret thing" not in bench.everything_written()


def test_a_reference_stands_in_the_state_as_the_official_engine_writes_it(bench: Bench) -> None:
    """Compared with what `pulumi stack export` of version 3.259 printed for this program."""
    deploy_other(bench)
    bench.program(REFERRING.format(name="organization/demo/other"))
    up(bench)
    there = bench.resources()
    provider, reference = there["default"], there["organization/demo/other"]
    assert set(provider) == {"urn", "custom", "id", "type", "created", "modified"}
    assert provider["urn"] == "urn:pulumi:local::demo::pulumi:providers:pulumi::default"
    assert set(reference) == {
        "urn", "custom", "id", "type", "inputs", "outputs", "parent", "external", "provider",
    }  # fmt: skip
    assert reference["type"] == "pulumi:pulumi:StackReference"
    assert reference["id"] == "organization/demo/other"
    assert reference["inputs"] == {"name": "organization/demo/other"}
    assert reference["external"] is True
    assert reference["provider"] == f"{provider['urn']}::{provider['id']}"
    outputs = reference["outputs"]
    assert outputs["name"] == "organization/demo/other"
    assert outputs["secretOutputNames"] == ["deep", "hidden"]
    assert outputs["outputs"]["plain"] == "hello"
    assert "ciphertext" in outputs["outputs"]["hidden"]
    assert outputs["outputs"]["deep"]["x"][0] == 1
    assert "ciphertext" in outputs["outputs"]["deep"]["x"][1]


def test_a_preview_without_a_provider_reads_references_all_the_same(bench: Bench) -> None:
    deploy_other(bench)
    bench.program(REFERRING.format(name="other"))
    assert engine.preview(bench.folder, "local", provider=None).outputs["plain"] == "hello"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("organization/demo/nope", "there is no stack 'organization/demo/nope' on this machine"),
        ("acme/demo/other", "belongs to 'acme'"),
        ("a/b/c/d", "is no name of a stack"),
        ("../other", "is no name of a stack"),
    ],
)
def test_a_stack_that_is_not_there_is_an_error_that_says_so(
    bench: Bench, name: str, said: str
) -> None:
    deploy_other(bench)
    bench.program(REFERRING.format(name=name))
    with pytest.raises(engine.RunFailedError, match=said):
        preview(bench)


def test_secrets_under_another_passphrase_are_an_error_that_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "another one")
    deploy_other(bench)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "correct horse")
    bench.program(REFERRING.format(name="other"))
    with pytest.raises(engine.RunFailedError, match="need the same passphrase"):
        preview(bench)
