"""The real dependency sets, installed from their locks for Lambda and for this machine."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from pilaster.packaging import (
    DIRECT_UPLOAD_LIMIT,
    Code,
    Package,
    PackagingError,
    Target,
    build,
)

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

SETS = Path(__file__).parents[3] / "lambdas" / "dependencies"
TARGETS = {"lambda": Target(), "this machine": Target.of_this_machine()}


def project(root: Path) -> Path:
    shutil.copytree(SETS, root / "lambdas" / "dependencies")
    (root / "lambdas" / "probe.py").write_text("def handler(event, context): ...\n")
    return root


def packed(root: Path, dependencies: str, target: Target) -> Package:
    code = Code(entry_point="lambdas.probe", dependencies=dependencies)
    return build(code, target, root=root, cache=root / "cache")


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize(
    "dependencies", sorted(each.parent.name for each in SETS.glob("*/uv.lock"))
)
def test_a_set_can_be_installed_and_sent_up_directly(
    tmp_path: Path, dependencies: str, target: Target
):
    package = packed(project(tmp_path), dependencies, target)
    assert package.zipped_bytes < DIRECT_UPLOAD_LIMIT
    with zipfile.ZipFile(package.path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    tag = f"cpython-{target.python.replace('.', '')}.pyc"
    foreign = [name for name in names if "__pycache__" in name and not name.endswith(tag)]
    assert foreign == [], "bytecode of nobody's Python but the target's"
    assert not [name for name in names if name.startswith("bin/")]


def test_the_same_set_has_the_same_bytes_when_it_is_installed_again(tmp_path: Path):
    both = [
        packed(project(tmp_path / name), "database", Target()).path.read_bytes()
        for name in ("one", "another folder")
    ]
    assert both[0] == both[1]


def test_wheels_are_those_of_the_target_and_not_of_this_machine(tmp_path: Path):
    with zipfile.ZipFile(packed(project(tmp_path), "database", Target()).path) as archive:
        compiled = [name for name in archive.namelist() if name.endswith(".so")]
    assert compiled
    assert all("aarch64" in name for name in compiled if "cpython" in name), compiled
    assert [name for name in compiled if "cpython-313-aarch64" in name]


def test_a_package_without_a_wheel_for_the_target_is_refused_by_name(tmp_path: Path):
    with pytest.raises(PackagingError) as refused:
        packed(project(tmp_path), "database", Target(python="3.8"))
    assert "cannot install dependency set 'database' for python3.8-arm64" in str(refused.value)
    assert "every package needs a wheel for it" in str(refused.value)
