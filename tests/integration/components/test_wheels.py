"""The wheels in an empty environment: ten lines of somebody else's program, and no repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import uv

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

ROOT = Path(__file__).parents[3]
WHEELS = ("pilaster", "pilaster-local", "pilaster-policies", "pilaster-cli")
GUIDE = ROOT / "docs" / "components.md"


def quick_start() -> dict[str, str]:
    """The files the guide shows, by name: a line `### \\`name\\`` and the block below it."""
    files: dict[str, str] = {}
    for part in GUIDE.read_text().split("\n### `")[1:]:
        name, _, rest = part.partition("`")
        files[name] = rest.split("```")[1].partition("\n")[2]
    return files


@dataclass(frozen=True)
class Environment:
    folder: Path

    def run(self, *words: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
        """A command of this environment, which knows nothing of the one that runs the tests."""
        unset = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "UV", "PYTHONDONTWRITEBYTECODE")
        clean = {name: text for name, text in os.environ.items() if name not in unset}
        variables = {**clean, "PATH": f"{self.folder}/bin:/usr/bin:/bin", **more}
        return subprocess.run(
            [shutil.which(words[0], path=variables["PATH"]) or words[0], *words[1:]],
            cwd=cwd,
            env=variables,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def call_uv(*words: str, cwd: Path) -> None:
    done = subprocess.run(
        [uv.find_uv_bin(), "--quiet", *words], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    for name in WHEELS:
        call_uv("build", "--wheel", "--package", name, "--out-dir", str(folder), cwd=ROOT)
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def empty(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What `pip install` of the wheels gives, in a folder far from the repository."""
    folder = tmp_path_factory.mktemp("elsewhere") / "environment"
    call_uv("venv", "--seed", str(folder), cwd=folder.parent)
    python = str(folder / "bin" / "python")
    found = [str(each) for each in wheels.values()]
    call_uv("pip", "install", "--python", python, *found, cwd=folder.parent)
    return Environment(folder)


def test_the_quick_start_is_ten_lines_and_a_handler():
    files = quick_start()
    assert set(files) == {"__main__.py", "app/hello.py", "Pulumi.yaml", "Pulumi.dev.yaml"}
    assert len([line for line in files["__main__.py"].splitlines() if line.strip()]) <= 12


def test_the_quick_start_previews_in_an_empty_environment(empty: Environment, tmp_path: Path):
    for name, text in quick_start().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    done = empty.run("pilaster", "preview", "--stack", "dev", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    steps = [step["urn"].split("::")[2:] for step in json.loads(done.stdout)["steps"]]
    made = {name: types.split("$")[-1] for types, name in steps}
    assert made["web"] == "pilaster:aws:Api"
    assert made["web-get-hello"] == "pilaster:aws:Function"
    assert made["web-get-hello-function"] == "aws:lambda/function:Function"
    assert made["web-get-hello-route"] == "aws:apigatewayv2/route:Route"
    assert made["users-pool"] == "aws:cognito/userPool:UserPool"
    (package,) = (tmp_path / ".pilaster" / "packages").glob("app.hello-*.zip")
    assert "app/hello.py" in zipfile.ZipFile(package).namelist()


@pytest.mark.engine
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the official `pulumi` is not on PATH")
def test_the_quick_start_previews_with_pulumi_s_own_command(empty: Environment, tmp_path: Path):
    for name, text in quick_start().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    told = empty.run("pilaster", "env", "--stack", "dev", "--json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    official = Path(shutil.which("pulumi") or "").parent
    more = {name: text for name, text in json.loads(told.stdout).items() if text is not None}
    more |= {
        "PATH": f"{more['PATH']}:{official}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    begun = empty.run("pulumi", "stack", "init", "dev", cwd=tmp_path, **more)
    assert begun.returncode == 0, begun.stderr
    done = empty.run("pulumi", "preview", "--stack", "dev", "--json", cwd=tmp_path, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    names = {step["urn"].split("::")[-1] for step in json.loads(done.stdout)["steps"]}
    assert {"web", "web-get-hello-function", "users-pool"} <= names


def test_nothing_installed_leads_back_to_the_repository(empty: Environment, tmp_path: Path):
    lists = "import sys, pilaster, pilaster_local, pilaster_cli; print(*sys.path, sep='\\n');"
    where = "print(pilaster.__file__, pilaster_local.__file__, pilaster_cli.__file__, sep='\\n')"
    done = empty.run("python", "-I", "-c", lists + where, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert str(ROOT) not in done.stdout


def test_the_wheels_hold_every_file_their_packages_have(wheels: dict[str, Path]):
    """Markers, models, locks: what git knows below a package is in its wheel."""
    for name, folder in {
        "pilaster": "components",
        "pilaster_local": "localcloud",
        "pilaster_cli": "cli",
    }.items():
        listed = subprocess.run(
            ["git", "ls-files", f"{folder}/{name}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        held = set(zipfile.ZipFile(wheels[name]).namelist())
        missing = {each.removeprefix(f"{folder}/") for each in listed} - held
        assert {each for each in missing if (ROOT / folder / each).exists()} == set()
        assert f"{name}/py.typed" in held


def test_the_emulator_s_project_goes_along(wheels: dict[str, Path], empty: Environment):
    """It has an environment of its own, made from its own lock where it runs."""
    held = set(zipfile.ZipFile(wheels["pilaster_local"]).namelist())
    assert {"pilaster_local/emulator/uv.lock", "pilaster_local/emulator/start.py"} <= held
    code = "from pilaster_local.services.environment import PROJECT; print(PROJECT)"
    found = Path(empty.run("python", "-I", "-c", code, cwd=empty.folder).stdout.strip())
    assert found.name == "emulator"
    assert found.is_relative_to(empty.folder)
