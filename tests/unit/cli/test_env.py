"""What `pilaster env` prints, and what it says beside it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from pilaster_cli.main import main
from pilaster_local.engine.secrets import Vault
from pilaster_local.providers.aws import executable


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose path needs quotes, in a shell that has nothing of Pulumi's."""
    root = tmp_path / "my project"
    root.mkdir()
    (root / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (root / "__main__.py").write_text("")
    for stack in ("local", "dev"):
        (root / f"Pulumi.{stack}.yaml").write_text("config: {}\n")
    for name in list(os.environ):
        if name.startswith(("PULUMI_", "PILASTER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.chdir(root)
    # Starting it wants a socket; that it starts is a test of its own, on the local cloud.
    monkeypatch.setattr(executable, "_try", lambda script: None)
    return root


def variables(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, str | None]:
    assert main(["env", "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_local_gets_a_provider_a_place_for_states_and_a_passphrase(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pilaster = root / ".pilaster"
    assert variables(capsys) == {
        "PATH": f"{pilaster}/bin:/usr/bin:/bin",
        "PULUMI_BACKEND_URL": f"file://{pilaster}/pulumi",
        "PILASTER_PREVIEW_ONLY": None,
        "PULUMI_CONFIG_PASSPHRASE_FILE": f"{pilaster}/passphrase",
    }
    assert (pilaster / "passphrase").stat().st_mode & 0o777 == 0o600
    assert os.access(pilaster / "bin" / "pulumi-resource-aws", os.X_OK)
    assert os.access(pilaster / "bin" / "uv", os.X_OK)


def test_any_other_stack_is_for_previews_only_and_brings_its_own_passphrase(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = variables(capsys, "--stack", "dev")
    assert found["PILASTER_PREVIEW_ONLY"] == "1"
    assert not [name for name in found if "PASSPHRASE" in name]


def test_what_the_shell_has_stays(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    monkeypatch.setenv("PATH", f"/first:{root}/.pilaster/bin:/last")
    assert variables(capsys) == {
        "PATH": f"{root}/.pilaster/bin:/first:/last",
        "PILASTER_PREVIEW_ONLY": None,
    }


def test_a_shell_takes_what_is_printed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env"]) == 0
    printed = capsys.readouterr().out
    script = f'{printed}\necho "$PATH|$PULUMI_BACKEND_URL|$PILASTER_PREVIEW_ONLY"'
    done = subprocess.run(
        ["/bin/sh", "-euc", script.replace("$PILASTER_PREVIEW_ONLY", "${PILASTER_PREVIEW_ONLY-}")],
        env={"PILASTER_PREVIEW_ONLY": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    pilaster = root / ".pilaster"
    assert done.stdout == f"{pilaster}/bin:/usr/bin:/bin|file://{pilaster}/pulumi|\n"


def test_what_is_still_to_be_done_is_said_beside_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "Pulumi.local.yaml").write_text(
        f"encryptionsalt: {Vault(None, lambda: 'of another machine').line}\n"
    )
    assert main(["env"]) == 0
    said = capsys.readouterr().err
    assert "once, before the first run: `pulumi stack init local`" in said
    assert "`pilaster up --platform-only` starts it" in said
    assert "an encryptionsalt that this machine's passphrase does not open" in said


def test_a_stack_that_is_not_there_is_an_error(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["env", "--stack", "produ"]) == 1
    assert "there is no stack 'produ' here: known are dev, local" in capsys.readouterr().err


def test_where_no_stack_is_at_all_the_file_to_write_is_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in root.glob("Pulumi.*.yaml"):
        file.unlink()
    assert main(["env", "--stack", "dev"]) == 1
    said = capsys.readouterr().err
    assert "there is no stack 'dev' here: write its settings to Pulumi.dev.yaml" in said
