"""Pulumi.yaml and Pulumi.<stack>.yaml as the official command reads them."""

from __future__ import annotations

import json

import pytest
from pilaster_local import engine
from pilaster_local.engine.config import Project, load_stack
from pilaster_local.engine.secrets import Vault

from tests.support.shelf import Bench
from tests.unit.engine.test_running import preview


def values(bench: Bench) -> dict[str, str]:
    return load_stack(Project.load(bench.folder), bench.stack).values


def test_a_key_without_a_namespace_is_the_projects(bench: Bench) -> None:
    bench.settings("config:\n  size: 3\n  aws:region: eu-west-1\n")
    assert values(bench) == {"demo:size": "3", "aws:region": "eu-west-1"}


def test_scalars_stay_as_they_are_written_and_objects_become_json(bench: Bench) -> None:
    bench.settings("""
config:
  demo:account: "000000000000"
  demo:unquoted: 007
  demo:yes: true
  demo:nested: {zones: [a, b], count: 2, open: true}
""")
    assert values(bench) == {
        "demo:account": "000000000000",
        "demo:unquoted": "007",
        "demo:yes": "true",
        "demo:nested": '{"zones":["a","b"],"count":2,"open":true}',
    }


def test_the_projects_defaults_are_there_unless_the_stack_says_otherwise(bench: Bench) -> None:
    (bench.folder / "Pulumi.yaml").write_text("""
name: demo
runtime: {name: python, options: {toolchain: uv}}
config:
  aws:region: eu-central-1
  demo:size: {type: integer, default: 1}
  demo:only: {value: {a: 1}}
  demo:wanted: {type: string}
""")
    bench.settings("config:\n  aws:region: us-east-1\n")
    assert values(bench) == {
        "aws:region": "us-east-1",
        "demo:size": "1",
        "demo:only": '{"a": 1}',
    }


def test_a_secret_deep_inside_makes_the_whole_value_one(bench: Bench) -> None:
    vault = Vault(None, lambda: "correct horse")
    bench.settings(f"""
encryptionsalt: {vault.line}
config:
  demo:database:
    user: app
    password:
      secure: {vault.encrypt("hush")}
""")
    config = load_stack(Project.load(bench.folder), "local")
    assert json.loads(config.values["demo:database"]) == {"user": "app", "password": "hush"}
    assert config.secret_keys == {"demo:database"}
    assert "hush" not in repr(config.vault)


@pytest.mark.parametrize(
    ("file", "text", "wrong"),
    [
        ("Pulumi.yaml", "runtime: python", "has no name"),
        ("Pulumi.yaml", "name: demo\nruntime: nodejs", "runs python programs only"),
        ("Pulumi.yaml", "name: demo\nruntime: python\nmain: elsewhere", "no program at"),
        ("Pulumi.yaml", "name: [", "not valid YAML"),
        ("Pulumi.local.yaml", "- a\n- b", "must be a mapping"),
        ("Pulumi.yaml", "name: demo\nruntime: python\nconfig: [a]", "`config` must be a mapping"),
        ("Pulumi.local.yaml", "config: [", "not valid YAML"),
        ("Pulumi.local.yaml", "config: [a]", "`config` must be a mapping"),
        ("Pulumi.local.yaml", "config: []", "`config` must be a mapping"),
        ("Pulumi.local.yaml", "config: none", "`config` must be a mapping"),
        ("Pulumi.local.yaml", "just words", "must be a mapping"),
        ("Pulumi.local.yaml", "[]", "must be a mapping"),
        ("Pulumi.local.yaml", "config:\n  007: x", "'007'.* in quotes"),
        ("Pulumi.local.yaml", "encryptionsalt: x\nconfig: {a: {secure: [b]}}", "`secure` must be"),
        ("Pulumi.local.yaml", "config: {a: \x01}", "not valid YAML"),
        ("Pulumi.local.yaml", "secretsprovider: awskms://key", "knows `passphrase` only"),
        ("Pulumi.local.yaml", "config:\n  a:\n    secure: v1:x:y", "no `encryptionsalt`"),
    ],
)
def test_what_is_wrong_is_said_with_its_file(
    bench: Bench, file: str, text: str, wrong: str
) -> None:
    (bench.folder / file).write_text(text)
    with pytest.raises(engine.ConfigError, match=wrong) as raised:
        preview(bench)
    assert str(bench.folder / file) in str(raised.value)


@pytest.mark.parametrize("file", ["Pulumi.yaml", "Pulumi.local.yaml"])
def test_a_file_that_is_no_text_is_said_to_be_none(bench: Bench, file: str) -> None:
    (bench.folder / file).write_bytes(b"config:\xff\xfe")
    with pytest.raises(engine.ConfigError, match=f"{file} is not valid YAML: save it as UTF-8"):
        preview(bench)
    (bench.folder / file).unlink()
    (bench.folder / file).mkdir()
    with pytest.raises(engine.ConfigError, match=f"{file} cannot be read: Is a directory"):
        preview(bench)


def test_a_setting_may_be_a_list_of_anything(bench: Bench) -> None:
    bench.settings("config:\n  demo:list: [{a: 1}, [b]]\n  demo:empty: {}\n")
    assert values(bench) == {"demo:list": '[{"a":1},["b"]]', "demo:empty": "{}"}


def test_settings_are_what_the_program_sees_with_secrets_opened(bench: Bench) -> None:
    vault = Vault(None, lambda: "correct horse")
    bench.settings(f"""
encryptionsalt: {vault.line}
config:
  aws:region: eu-west-1
  account: "000000000000"
  code:
    secure: {vault.encrypt("hush")}
""")
    assert engine.settings(bench.folder, "local") == {
        "aws:region": "eu-west-1",
        "demo:account": "000000000000",
        "demo:code": "hush",
    }


def test_settings_that_cannot_be_read_are_a_config_error(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.settings("config: [")
    with pytest.raises(engine.ConfigError, match=r"Pulumi\.local\.yaml is not valid YAML"):
        engine.settings(bench.folder, "local")
    vault = Vault(None, lambda: "another")
    bench.settings(f"""
encryptionsalt: {vault.line}
config:
  code:
    secure: {vault.encrypt("hush")}
""")
    with pytest.raises(engine.ConfigError, match=r"Pulumi\.local\.yaml.*passphrase"):
        engine.settings(bench.folder, "local")


def test_a_folder_without_a_project_is_said_to_be_none(bench: Bench) -> None:
    with pytest.raises(engine.ConfigError, match=r"there is no Pulumi\.yaml in"):
        engine.preview(bench.folder / ".." / "shelf", "local", provider=None)


def test_the_program_sees_its_settings(bench: Bench) -> None:
    bench.settings("config:\n  size: 3\n  demo:deep: {a: [1, 2]}\n")
    bench.program("""
config = pulumi.Config()
pulumi.export("size", config.require_int("size"))
pulumi.export("deep", config.require_object("deep"))
pulumi.export("where", [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()])
""")
    assert preview(bench).outputs == {
        "size": 3,
        "deep": {"a": [1, 2]},
        "where": ["demo", "local", "organization"],
    }
