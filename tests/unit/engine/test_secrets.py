"""Secrets: never in the clear in state, journal, outputs or log, and as Pulumi keeps them."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pilaster_local import engine
from pilaster_local.engine import secrets
from pilaster_local.engine.errors import PassphraseError
from pilaster_local.engine.secrets import Vault, passphrase_of

from tests.support.shelf import Bench
from tests.unit.engine.test_killed import killed
from tests.unit.engine.test_running import preview, up

SECRET = "xyzzy-plugh"
PROGRAM = f"""
code = pulumi.Output.secret("{SECRET}")
box = Box("box", code=code, label="open")
Box("copy", tags={{"deep": {{"er": box.code}}}})
pulumi.export("code", box.code)
pulumi.export("inside", {{"list": [code]}})
pulumi.export("label", box.label)
"""


def sealed_by_hand(passphrase: str, text: str) -> tuple[str, str]:
    """A salt line and a value, put together from the description of the format alone."""
    salt, first, second = os.urandom(8), os.urandom(12), os.urandom(12)
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, 1_000_000, 32)
    check = AESGCM(key).encrypt(first, b"pulumi", None)
    value = AESGCM(key).encrypt(second, text.encode(), None)
    salt_line = f"v1:{_b64(salt)}:v1:{_b64(first)}:{_b64(check)}"
    return salt_line, f"v1:{_b64(second)}:{_b64(value)}"


def _b64(data: bytes) -> str:
    return b64encode(data).decode()


@pytest.fixture
def _true_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "ITERATIONS", 1_000_000)


@pytest.mark.usefixtures("_true_rounds")
def test_what_pulumi_encrypted_is_read() -> None:
    line, value = sealed_by_hand("it is a secret", "ünïcode ☃")
    vault = Vault(line, lambda: "it is a secret")
    assert vault.decrypt(value) == "ünïcode ☃"
    assert vault.line == line


@pytest.mark.usefixtures("_true_rounds")
def test_pulumi_can_read_what_is_encrypted() -> None:
    vault = Vault(None, lambda: "it is a secret")
    version, salt, *check = vault.line.split(":")
    assert version == "v1"
    key = hashlib.pbkdf2_hmac("sha256", b"it is a secret", b64decode(salt), 1_000_000, 32)
    for sealed, text in ((":".join(check), b"pulumi"), (vault.encrypt("hush"), b"hush")):
        version, nonce, ciphertext = sealed.split(":")
        assert version == "v1"
        assert AESGCM(key).decrypt(b64decode(nonce), b64decode(ciphertext), None) == text


def test_a_wrong_passphrase_is_told_before_anything_is_decrypted() -> None:
    line = Vault(None, lambda: "right").line
    with pytest.raises(PassphraseError, match="PULUMI_CONFIG_PASSPHRASE"):
        Vault(line, lambda: "wrong").encrypt("x")


def test_a_secret_is_nowhere_in_the_clear(bench: Bench) -> None:
    bench.program(PROGRAM)
    plan = preview(bench)
    outcome = up(bench)
    assert outcome.outputs == {
        "code": "[secret]",
        "inside": {"list": ["[secret]"]},
        "label": "open",
    }
    assert outcome.step("box").inputs["code"] == "[secret]"
    for shown in (plan, outcome):
        assert SECRET not in json.dumps(shown.to_json())
        assert SECRET not in repr(shown)
    assert SECRET not in bench.everything_written()
    assert sum(thing.get("code") == SECRET for thing in bench.shelf.things().values()) == 1


def test_a_secret_is_not_in_the_journal_either(bench: Bench) -> None:
    bench.program(PROGRAM)
    bench.shelf._die_at = ("create:after", 2)
    assert killed(lambda: up(bench))
    assert "creating" in bench.journal_file.read_text()
    assert bench.journal_file.stat().st_mode & 0o777 == 0o600
    assert SECRET not in bench.everything_written()


def test_a_secret_comes_back_from_the_state(bench: Bench) -> None:
    bench.program(PROGRAM)
    up(bench)
    shown = engine.outputs(bench.folder, "local", show_secrets=True)
    assert shown == {"code": SECRET, "inside": {"list": [SECRET]}, "label": "open"}
    assert engine.outputs(bench.folder, "local")["code"] == "[secret]"
    assert up(bench).changes == 0


def test_a_provider_that_takes_no_secrets_does_not_let_them_out(bench: Bench) -> None:
    bench.shelf.accepts_secrets = False
    bench.program(PROGRAM)
    assert up(bench).outputs["code"] == "[secret]"
    assert SECRET not in bench.everything_written()


def test_a_secret_setting_reaches_the_program_as_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "ITERATIONS", 1_000_000)
    line, value = sealed_by_hand("correct horse", SECRET)
    bench.settings(f"encryptionsalt: {line}\nconfig:\n  demo:code:\n    secure: {value}\n")
    bench.program("""
config = pulumi.Config()
pulumi.export("code", config.require_secret("code"))
pulumi.log.info("the code is " + config.require("code"))
""")
    outcome = up(bench)
    assert outcome.outputs == {"code": "[secret]"}
    assert outcome.config == {"demo:code": "[secret]"}
    assert any(d.message == "the code is [secret]" for d in outcome.diagnostics)
    assert SECRET not in bench.everything_written()
    salt = json.loads(bench.state_file.read_text())["deployment"]["secrets_providers"]
    assert salt == {"type": "passphrase", "state": {"salt": line}}


def test_a_salt_of_another_machine_keeps_no_new_stack_from_being_made(bench: Bench) -> None:
    """The official engine leaves one in the settings even of a stack without any secret there."""
    bench.settings(f"encryptionsalt: {Vault(None, lambda: 'of another machine').line}\n")
    bench.program(PROGRAM)
    assert up(bench).outputs["code"] == "[secret]"
    assert up(bench).changes == 0
    engine.import_state(bench.folder, "local", engine.export_state(bench.folder, "local"))
    assert up(bench).changes == 0


def test_a_secret_in_an_error_is_covered(bench: Bench) -> None:
    bench.program(f'Box("box", code=pulumi.Output.secret("{SECRET}"), fail="refuse")')
    with pytest.raises(engine.RunFailedError) as failed:
        up(bench)
    assert "the shelf does not take" in str(failed.value)
    assert "[secret]" in str(failed.value)
    assert SECRET not in str(failed.value)
    assert SECRET not in bench.everything_written()


def test_a_missing_passphrase_says_what_to_set(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    bench.stack = "dev"
    line, value = Vault(None, lambda: "x").line, Vault(None, lambda: "x").encrypt("y")
    bench.settings(f"encryptionsalt: {line}\nconfig:\n  demo:code:\n    secure: {value}\n")
    with pytest.raises(PassphraseError, match=r"demo:code: .*'dev'.*PULUMI_CONFIG_PASSPHRASE"):
        engine.preview(bench.folder, "dev", provider=None)


def test_a_wrong_passphrase_for_the_state_is_an_error_and_not_a_new_state(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program(PROGRAM)
    up(bench)
    before = bench.state_file.read_bytes()
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "another")
    with pytest.raises(PassphraseError):
        up(bench)
    assert bench.state_file.read_bytes() == before


def test_the_passphrase_may_stand_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    (tmp_path / "phrase").write_text("from a file\n")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "phrase"))
    assert passphrase_of("dev", folder=tmp_path) == "from a file"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "none"))
    with pytest.raises(PassphraseError, match="cannot be read"):
        passphrase_of("dev", folder=tmp_path)


def test_the_local_stack_makes_a_passphrase_of_its_own_and_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    made = passphrase_of("local", folder=tmp_path)
    assert len(made) >= 32
    assert passphrase_of("local", folder=tmp_path) == made
    assert (tmp_path / "passphrase").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["passphrase"]


@pytest.mark.parametrize("line", ["x", "v1:x:v1:y:z", "v2:AAAA:v1:y:z"])
def test_a_salt_that_is_none_is_said_to_be_none(line: str) -> None:
    with pytest.raises(PassphraseError, match=f"the encryption salt '{line}'"):
        Vault(line, lambda: "any").decrypt("v1:a:b")
