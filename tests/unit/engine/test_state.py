"""The state in memory and on disk, and the journal that changes it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pilaster_local import engine
from pilaster_local.engine import journal as journals
from pilaster_local.engine import statefile
from pilaster_local.engine.errors import StateError
from pilaster_local.engine.journal import Journal
from pilaster_local.engine.resource import Resource, from_json, to_json
from pilaster_local.engine.secrets import Vault
from pilaster_local.engine.state import Pending, State, in_order
from pilaster_local.engine.values import ARCHIVE, ASSET, SIGNATURE, secret

from tests.support.shelf import Bench
from tests.unit.engine.test_running import up

VAULT = Vault(None, lambda: "only for this test")

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.builds(lambda h: {SIGNATURE: ASSET, "text": h, "hash": "0f"}, st.text()),
    st.builds(lambda p: {SIGNATURE: ARCHIVE, "path": p, "hash": "f0"}, st.text(min_size=1)),
)
names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


def nested(inner: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(names, inner, max_size=3),
        st.builds(secret, inner),
    )


values = st.recursive(leaves, nested, max_leaves=12)
properties = st.dictionaries(names, values, max_size=4)
urns = st.builds(lambda n: f"urn:pulumi:s::p::shelf:index:Box::{n}", names)
resources = st.builds(
    Resource,
    urn=urns,
    type=st.just("shelf:index:Box"),
    custom=st.booleans(),
    id=st.text(),
    inputs=properties,
    outputs=properties,
    parent=st.one_of(st.just(""), urns),
    dependencies=st.lists(urns, max_size=3).map(tuple),
    property_dependencies=st.dictionaries(names, st.lists(urns, max_size=2), max_size=2),
    protect=st.booleans(),
    delete=st.booleans(),
    deleted_with=st.one_of(st.just(""), urns),
    init_errors=st.lists(st.text(min_size=1), max_size=2).map(tuple),
    additional_secret_outputs=st.lists(names, max_size=2).map(tuple),
    custom_timeouts=st.dictionaries(st.sampled_from(["create", "delete"]), st.just(1.5)),
    more=st.dictionaries(st.just("sourcePosition"), st.text(min_size=1), max_size=1),
)


@settings(max_examples=80, deadline=None)
@given(resources)
def test_a_resource_comes_back_from_its_file_as_it_went(resource: Resource) -> None:
    written = json.loads(json.dumps(to_json(resource, VAULT)))
    assert from_json(written, VAULT) == resource


def test_a_journal_that_was_closed_is_not_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path, State(), VAULT)
    journal.done(put=box("a"))
    journal.close()
    path.unlink()
    with pytest.raises(StateError, match=r"the run it belongs to has ended"):
        journal.done(put=box("b"))
    assert not path.exists()


def test_a_journal_that_was_closed_before_it_was_begun_is_not_begun_either(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", State(), VAULT)
    journal.close()
    with pytest.raises(StateError, match="has ended"):
        journal.done(put=box("a"))
    assert not (tmp_path / "journal").exists()


@pytest.mark.parametrize("torn", [b"", b"{", b'{"salt": "v1:abc'])
def test_a_journal_torn_in_its_first_line_poisons_no_later_one(bench: Bench, torn: bytes) -> None:
    bench.program('Box("box")')
    bench.journal_file.parent.mkdir(parents=True)
    bench.journal_file.write_bytes(torn)

    def dying(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(statefile, "write", dying)
        with pytest.raises(OSError, match="No space left"):
            up(bench)
    assert bench.journal_file.read_bytes().startswith(b'{"salt":')
    assert up(bench).changes == 0
    assert "box" in bench.resources()


def test_a_disk_that_is_full_at_the_first_line_of_a_journal_is_said_and_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal"
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda descriptor, line: write(descriptor, line[:5]))
        journal = Journal(path, State(), VAULT)
        for name in ("a", "b"):
            with pytest.raises(StateError, match="the disk is full"):
                journal.done(put=box(name))
        journal.close()
    assert not journal.used
    state = State()
    assert not journals.replay(path, state, VAULT)
    again = Journal(path, state, VAULT)
    again.done(put=box("c"))
    again.close()
    assert journals.replay(path, State(), VAULT)


def box(name: str, *needs: str, id_: str | None = None, **more: object) -> Resource:
    return Resource(
        urn=f"urn:{name}",
        type="shelf:index:Box",
        custom=True,
        id=name if id_ is None else id_,
        dependencies=tuple(f"urn:{n}" for n in needs),
        **more,  # type: ignore[arg-type]
    )


def order(*boxes: Resource) -> list[str]:
    return [r.urn.removeprefix("urn:") + ("!" if r.delete else "") for r in in_order(boxes)]


def test_dependencies_stand_before_dependents_and_the_rest_stays_put() -> None:
    assert order(box("z"), box("a", "c"), box("b"), box("c", "b")) == ["z", "b", "c", "a"]


def test_what_was_replaced_stands_after_what_was_replaced_under_it() -> None:
    old, older = box("slot", "box", delete=True), box("box", delete=True)
    assert order(old, older, box("box", id_="2"), box("slot", "box", id_="2")) == [
        "box!",
        "box",
        "slot!",
        "slot",
    ]


def test_a_dependency_on_what_is_gone_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    statefile.write(path, State(resources=[box("a", "gone", "b"), box("b")]), VAULT)
    written = json.loads(path.read_text())["deployment"]["resources"]
    assert [r.get("dependencies") for r in written] == [None, ["urn:b"]]


def test_the_file_is_what_the_official_command_imports(bench: Bench) -> None:
    bench.program('Box("box")')
    up(bench)
    written = json.loads(bench.state_file.read_text())
    assert written["version"] == 3
    manifest = written["deployment"]["manifest"]
    assert manifest["magic"] == hashlib.sha256(manifest["version"].encode()).hexdigest()
    assert written["deployment"]["secrets_providers"]["type"] == "passphrase"


def test_what_the_official_engine_noted_is_kept(bench: Bench) -> None:
    bench.program('Box("box", label="a")')
    up(bench)
    written = json.loads(bench.state_file.read_text())
    for resource in written["deployment"]["resources"]:
        resource["sourcePosition"] = "project:///__main__.py#1"
    bench.state_file.write_text(json.dumps(written))
    bench.program('Box("box", label="b")')
    up(bench)
    assert bench.resources()["box"]["sourcePosition"] == "project:///__main__.py#1"


def test_a_damaged_state_is_refused_and_left_alone(bench: Bench) -> None:
    bench.program('Box("box")')
    up(bench)
    bench.state_file.write_text('{"version": 3, "deploy')
    with pytest.raises(engine.StateError, match="not valid JSON"):
        up(bench)
    bench.state_file.write_text('{"version": 2}')
    with pytest.raises(engine.StateError, match="version 3"):
        up(bench)
    assert bench.state_file.read_text() == '{"version": 2}'


# --- the journal --------------------------------------------------------------------------------


def replayed(path: Path, onto: State | None = None) -> State:
    state = onto or State()
    journals.replay(path, state, VAULT)
    return state


def scribbled(path: Path) -> State:
    """A bit of everything, as a run would write it."""
    journal = Journal(path, State(), VAULT)
    first = journal.begin("creating", box("a", id_=""))
    journal.done(first, put=box("a", inputs={"code": secret("hush")}))
    second = journal.begin("creating", box("a", id_=""))
    journal.done(second, put=box("a", id_="a2"), condemn=box("a"))
    gone = journal.begin("deleting", box("a", delete=True))
    journal.done(gone, drop=box("a", delete=True))
    journal.begin("updating", box("a", id_="a2"))
    journal.close()
    return journal.state


def test_replaying_a_journal_gives_the_state_it_was_written_with(tmp_path: Path) -> None:
    path = tmp_path / "j"
    state = scribbled(path)
    assert [r.id for r in state.resources] == ["a2"]
    assert [p.key for p in state.pending] == [("updating", "urn:a", "a2")]
    assert replayed(path) == state


def test_replaying_it_twice_is_replaying_it_once(tmp_path: Path) -> None:
    path = tmp_path / "j"
    state = scribbled(path)
    assert replayed(path, replayed(path)) == state


def test_a_torn_last_line_was_acted_on_by_nobody(tmp_path: Path) -> None:
    path = tmp_path / "j"
    scribbled(path)
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(whole[: -len(lines[-1]) // 2])
    assert replayed(path).pending == []


def test_damage_in_the_middle_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "j"
    scribbled(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"{half a li\n", *lines[1:]]))
    with pytest.raises(StateError, match="line 2, is damaged"):
        replayed(path)


def test_when_the_journal_cannot_be_written_nothing_is_done(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full")
    journal = Journal(full, State(), VAULT)
    journal._descriptor = __import__("os").open(full, 1)
    for _ in range(2):
        with pytest.raises(StateError, match="No space left"):
            journal.begin("creating", box("a"))
    assert journal.state.pending == []
    journal.close()


def test_two_generations_on_their_way_out_are_kept_apart() -> None:
    state = State()
    one, two = (Pending(type="deleting", resource=box("a", id_=i, delete=True)) for i in "12")
    state.begin(one)
    state.begin(two)
    state.settle(one.key)
    assert state.pending == [two]


def test_renaming_twice_leaves_what_took_the_old_name_since() -> None:
    state = State(resources=[box("a", inputs={"n": 1}), box("user", "a")])
    for _ in range(2):
        state.rename("urn:a", "urn:x::p::t::b")
        state.put(box("a", inputs={"n": 2}))
    assert [(r.urn, r.inputs) for r in state.resources if r.inputs] == [
        ("urn:x::p::t::b", {"n": 1}),
        ("urn:a", {"n": 2}),
    ]
    user = state.current("urn:user")
    assert user is not None
    assert user.dependencies == ("urn:x::p::t::b",)


def test_who_reads_while_a_run_saves_sees_the_whole_of_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program('pulumi.export("said", "before")')
    up(bench)
    bench.program('pulumi.export("said", "after")')
    load, saved = statefile.load, []

    def slow(path: Path) -> dict:
        deployment = load(path)
        if not saved:
            saved.append(True)
            up(bench)
        return deployment

    monkeypatch.setattr(statefile, "load", slow)
    assert engine.outputs(bench.folder, "local") == {"said": "after"}


def test_a_forgotten_stack_is_a_new_one(bench: Bench) -> None:
    bench.program('Box("box")')
    up(bench)
    engine.forget(bench.folder, "local")
    assert engine.outputs(bench.folder, "local") == {}
    assert up(bench).counts == {"create": 2}


def test_condemning_twice_condemns_once() -> None:
    state = State(resources=[box("a")])
    for _ in range(2):
        state.condemn("urn:a", "a")
        state.put(box("a", id_="a2"))
    assert [(r.id, r.delete) for r in state.resources] == [("a", True), ("a2", False)]
    assert state.current("urn:a") == replace(box("a"), id="a2")


@pytest.mark.parametrize(
    "written",
    [
        '{"version": 3}',
        '{"version": 3, "deployment": {"resources": [{}]}}',
        '{"version": 3, "deployment": {"resources": [7]}}',
        '{"version": 3, "deployment": {"resources": {"a": 1}}}',
        '{"version": 3, "deployment": {"resou',
    ],
)
def test_a_state_that_is_json_and_no_state_is_refused_with_what_to_do(
    bench: Bench, written: str
) -> None:
    bench.state_file.parent.mkdir(parents=True)
    bench.state_file.write_text(written)
    with pytest.raises(engine.StateError, match=r"`pilaster stack import`"):
        up(bench)
    assert bench.state_file.read_text() == written
