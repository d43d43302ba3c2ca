"""The documents system's archives, loaded as Lambda loads them: from their bytecode alone."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from pilaster.aws.function import FunctionArgs
from pilaster.packaging import Package, Target, build, bytecode

from tests.support.documents_functions import functions
from tests.support.loading import load, unpacked

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

ROOT = Path(__file__).parents[3]
FUNCTIONS = functions()
PURE = [entry for entry, each in FUNCTIONS.items() if each.code.dependencies in (None, "edge")]
"""Without C extensions: those of Lambda's processor load on any."""
COMPILER = bytecode.find(Target().python)
lambdas_python = pytest.mark.skipif(
    COMPILER is None, reason=f"no Python {Target().python} here: packages carry no bytecode"
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


def packed(entry: str, target: Target, cache: Path) -> Package:
    return build(FUNCTIONS[entry].code, target, root=ROOT, cache=cache)


def environment(function: FunctionArgs) -> dict[str, str]:
    nowhere = {"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}
    keys = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}
    given = {name: value for name, value in function.environment.items() if isinstance(value, str)}
    assert given == function.environment, "no output of a resource is among them"
    return {**nowhere, **keys, **given}


def check(entry: str, package: Package, python: Path, task: Path) -> None:
    found = load(python, unpacked(package.path, task), entry, environment(FUNCTIONS[entry]))
    assert found.callable
    assert f"{entry.replace('.', '/')}.py" in found.loaded
    assert found.compiled == [], "its bytecode was passed over"
    assert found.written == []


@pytest.mark.parametrize("entry", FUNCTIONS)
def test_a_handler_of_this_machine_s_archive_runs_from_bytecode_alone(
    entry: str, cache: Path, tmp_path: Path
):
    package = packed(entry, Target.of_this_machine(), cache)
    assert package.uncompiled() == []
    check(entry, package, Path(sys.executable), tmp_path / "task")


@lambdas_python
@pytest.mark.parametrize("entry", PURE)
def test_a_handler_of_lambda_s_archive_runs_from_bytecode_alone(
    entry: str, cache: Path, tmp_path: Path
):
    assert COMPILER is not None
    check(entry, packed(entry, Target(), cache), COMPILER.python, tmp_path / "task")


@lambdas_python
@pytest.mark.parametrize("entry", FUNCTIONS)
def test_every_module_of_lambda_s_archive_has_bytecode_its_python_takes_unchecked(
    entry: str, cache: Path
):
    package = packed(entry, Target(), cache)
    assert package.bytecode is not None
    assert package.bytecode.startswith("3.13.")
    assert package.uncompiled() == []
    with zipfile.ZipFile(package.path) as archive:
        heads = {
            archive.read(name)[:8].hex(" ") for name in archive.namelist() if name.endswith(".pyc")
        }
    assert heads == {"f3 0d 0d 0a 01 00 00 00"}


def test_the_probe_notices_bytecode_of_another_version(cache: Path, tmp_path: Path):
    entry = "lambdas.documents.aws.health.show"
    task = unpacked(packed(entry, Target.of_this_machine(), cache).path, tmp_path / "task")
    (compiled,) = task.glob("lambdas/documents/aws/health/__pycache__/show.*")
    compiled.write_bytes(b"\0\0" + compiled.read_bytes()[2:])
    found = load(Path(sys.executable), task, entry, environment(FUNCTIONS[entry]))
    assert found.compiled == ["lambdas/documents/aws/health/show.py"]
