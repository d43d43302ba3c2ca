"""A stack's state on its way out and in."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pilaster_local import engine
from pilaster_local.engine.lock import locked
from pilaster_local.engine.values import SECRET, SIGNATURE

from tests.support.shelf import Bench
from tests.unit.engine.test_running import preview, up

PROGRAM = """
rack = Rack("rack")
box = Box("box", code=pulumi.Output.secret("a very secret thing"), opts=Options(parent=rack))
Slot("slot", box=box.name)
pulumi.export("code", box.code)
"""
PROGRAM = PROGRAM.replace("box.code", 'pulumi.Output.secret("a very secret thing")')


def exported(bench: Bench, **more: bool) -> dict[str, Any]:
    return engine.export_state(bench.folder, bench.stack, **more)


def imported(bench: Bench, document: dict[str, Any]) -> None:
    engine.import_state(bench.folder, bench.stack, document)


@pytest.fixture
def deployed(bench: Bench) -> Bench:
    bench.program(PROGRAM)
    up(bench)
    return bench


def test_an_export_has_the_shape_of_the_official_one(deployed: Bench) -> None:
    document = exported(deployed)
    assert set(document) == {"version", "deployment"}
    assert document["version"] == 3
    manifest = document["deployment"]["manifest"]
    assert manifest["magic"] == hashlib.sha256(manifest["version"].encode()).hexdigest()
    provider = document["deployment"]["secrets_providers"]
    assert provider["type"] == "passphrase"
    assert provider["state"]["salt"].startswith("v1:")
    assert len(document["deployment"]["resources"]) == 5
    assert "a very secret thing" not in json.dumps(document)


def test_secrets_are_shown_only_if_that_is_asked(deployed: Bench) -> None:
    document = exported(deployed, show_secrets=True)
    box = next(r for r in document["deployment"]["resources"] if r["urn"].endswith("::box"))
    assert box["inputs"]["code"] == {SIGNATURE: SECRET, "plaintext": '"a very secret thing"'}


def test_a_stack_that_was_never_deployed_is_empty_and_needs_no_passphrase(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    document = engine.export_state(bench.folder, "dev")
    assert set(document["deployment"]) == {"manifest", "resources", "metadata"}
    assert document["deployment"]["resources"] == []


@pytest.mark.parametrize("show_secrets", [False, True])
def test_what_was_exported_is_no_change_when_it_comes_back(
    deployed: Bench, show_secrets: bool
) -> None:
    document = exported(deployed, show_secrets=show_secrets)
    deployed.state_file.unlink()
    imported(deployed, document)
    assert preview(deployed).changes == 0
    assert "a very secret thing" not in deployed.state_file.read_text()
    assert engine.outputs(deployed.folder, "local", show_secrets=True) == {
        "code": "a very secret thing"
    }


def test_secrets_are_sealed_anew_under_the_salt_of_the_stack(deployed: Bench) -> None:
    document = exported(deployed)
    theirs = document["deployment"]["secrets_providers"]["state"]["salt"]
    deployed.state_file.unlink()
    up(deployed.program(""))  # makes the stack a salt of its own
    ours = exported(deployed)["deployment"]["secrets_providers"]["state"]["salt"]
    assert ours != theirs
    imported(deployed, document)
    now = exported(deployed)["deployment"]
    assert now["secrets_providers"]["state"]["salt"] == ours
    assert engine.outputs(deployed.folder, "local", show_secrets=True)["code"]


def test_what_another_engine_noted_is_kept(deployed: Bench) -> None:
    document = exported(deployed)
    for resource in document["deployment"]["resources"]:
        resource["sourcePosition"] = "project:///__main__.py#1"
    imported(deployed, document)
    up(deployed)
    assert deployed.resources()["box"]["sourcePosition"] == "project:///__main__.py#1"


def test_an_interrupted_run_is_exported_with_what_it_left_open(bench: Bench) -> None:
    bench.program('Box("box", fail="silent")')
    with pytest.raises(engine.RunFailedError):
        up(bench)
    document = exported(bench)
    (pending,) = document["deployment"]["pending_operations"]
    assert pending["type"] == "creating"
    bench.state_file.unlink()
    imported(bench, document)
    bench.program('Box("box")')
    up(bench)
    assert len(bench.shelf.things()) == 1, "what was made is found and not made twice"


def broken(document: dict[str, Any], how: str) -> Any:
    document = copy.deepcopy(document)
    deployment = document["deployment"]
    resources = deployment["resources"]
    if how == "version":
        document["version"] = 4
    elif how == "magic":
        deployment["manifest"]["magic"] = "0" * 64
    elif how == "service":
        deployment["secrets_providers"] = {"type": "service", "state": {}}
    elif how == "stack":
        return json.loads(json.dumps(document).replace("urn:pulumi:local::", "urn:pulumi:dev::"))
    elif how == "project":
        return json.loads(json.dumps(document).replace("::demo::", "::other::"))
    elif how == "twice":
        resources.append(resources[-1])
    elif how == "dangling":
        resources[:] = [r for r in resources if not r["urn"].endswith("::box")]
    elif how == "provider":
        resources[-1]["provider"] = resources[-1]["provider"][:-4] + "beef"
    elif how == "importing":
        operation = {"type": "importing", "resource": resources[-1]}
        deployment["pending_operations"] = [operation]
    elif how == "no resource":
        resources.append("a text")
    elif how == "no urn":
        resources.append({"type": "a:b:C", "custom": False})
    elif how == "unreadable":
        resources[-1]["inputs"]["box"] = {SIGNATURE: SECRET, "ciphertext": "v1:AAAA:AAAA"}
    elif how == "no list":
        deployment["resources"] = {"a": 1}
    return document


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("version", "not a Pulumi deployment of version 3"),
        ("magic", "the magic number in its manifest"),
        ("service", "--show-secrets"),
        ("stack", "is another stack's"),
        ("project", "is another stack's"),
        ("twice", "more than once"),
        ("dangling", "needs .*::box, which is not in it"),
        ("provider", "which is not in it"),
        ("importing", "is 'importing', which this engine cannot settle"),
        ("no resource", r"resources\[5\] is no resource"),
        ("no urn", r"resources\[5\]"),
        ("unreadable", "cannot be opened"),
        ("no list", "resources is no list"),
    ],
)
def test_what_cannot_be_the_state_is_refused_and_nothing_changes(
    deployed: Bench, how: str, said: str
) -> None:
    before = deployed.state_file.read_bytes()
    with pytest.raises((engine.StateError, engine.PassphraseError), match=said):
        imported(deployed, broken(exported(deployed), how))
    assert deployed.state_file.read_bytes() == before


@pytest.mark.parametrize("document", [None, [], "text", {}, {"version": 3, "deployment": 1}])
def test_what_is_no_document_at_all_is_refused(deployed: Bench, document: Any) -> None:
    with pytest.raises(engine.StateError):
        imported(deployed, document)


def test_nothing_is_imported_under_a_run(deployed: Bench) -> None:
    document = exported(deployed)
    with (
        locked(deployed.state_file.with_suffix(".lock"), doing="up"),
        pytest.raises(engine.LockedError, match="is working on this stack"),
    ):
        imported(deployed, document)


def test_an_import_replaces_what_an_interrupted_run_left(deployed: Bench) -> None:
    document = exported(deployed)
    deployed.program('Box("box", fail="silent")')
    with pytest.raises(engine.RunFailedError):
        up(deployed)
    imported(deployed, document)
    assert "pending_operations" not in exported(deployed)["deployment"]


def test_an_import_mends_a_state_that_cannot_be_read(deployed: Bench, tmp_path: Path) -> None:
    document = exported(deployed)
    deployed.state_file.write_text("{ half a")
    imported(deployed, document)
    deployed.program(PROGRAM)
    assert preview(deployed).changes == 0


def test_what_the_official_engine_notes_in_a_provider_is_no_change_and_stays(
    deployed: Bench,
) -> None:
    document = exported(deployed)
    [provider] = [
        r for r in document["deployment"]["resources"] if r["type"] == "pulumi:providers:shelf"
    ]
    provider["inputs"] = {"__internal": {}, **provider.get("inputs", {})}
    engine.import_state(deployed.folder, deployed.stack, document)
    outcome = up(deployed)
    assert {step.op for step in outcome.steps} == {"same"}
    assert deployed.resources()["default"]["inputs"]["__internal"] == {}
