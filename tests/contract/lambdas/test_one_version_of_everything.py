"""What is tested here is what runs on Lambda: one version of each package, or a written reason.

Three places lock what handlers import: the dependency sets as they are installed for Lambda, the
same sets as they are installed for this machine's local cloud, and the root's lock, in which the
handlers' tests run. Each is evaluated for every Python and processor a machine may have.
"""

from __future__ import annotations

import os
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from uv import find_uv_bin

ROOT = Path(__file__).parents[3]
SETS = ROOT / "lambdas" / "dependencies"
NAMES = sorted(lock.parent.name for lock in SETS.glob("*/uv.lock"))
REASONS: dict[str, str] = tomllib.loads((SETS / "differences.toml").read_text())
LAMBDA = ("3.13", "aarch64")
MACHINES = [
    (python, machine)
    for python in ("3.11", "3.12", "3.13", "3.14")
    for machine in ("x86_64", "aarch64")
]
Versions = dict[str, str]


def locked(project: Path, folder: Path, *more: str) -> list[Requirement]:
    """What the lock says, with a marker where it depends on the Python or the machine."""
    done = subprocess.run(
        [
            *(find_uv_bin(), "export", "--frozen", "--offline", "--no-emit-workspace"),
            *("--no-header", "--no-annotate", "--no-hashes", "--project", str(project), *more),
        ],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [Requirement(line) for line in done.stdout.splitlines() if line.strip()]


def on(requirements: list[Requirement], python: str, machine: str) -> Versions:
    """What is installed there."""
    there = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": machine,
        "sys_platform": "linux",
        "os_name": "posix",
        "platform_system": "Linux",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    found = [each for each in requirements if not each.marker or each.marker.evaluate(there)]
    return {canonicalize_name(each.name): str(each.specifier) for each in found}


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Requirement]]:
    folder = tmp_path_factory.mktemp("uv")
    return {name: locked(SETS / name, folder, "--no-dev") for name in NAMES}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> list[Requirement]:
    return locked(ROOT, tmp_path_factory.mktemp("uv"), "--all-groups", "--all-packages")


def differences(here: Versions, there: Versions, *, whole: bool) -> list[str]:
    """Names with both versions; `whole` counts what is in one of both only."""
    names = here.keys() | there.keys() if whole else here.keys() & there.keys()
    return [
        f"{name}: {here.get(name, 'absent')} here, {there.get(name, 'absent')} on Lambda"
        for name in sorted(names)
        if here.get(name) != there.get(name) and name not in REASONS
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("python", "machine"), MACHINES)
def test_the_local_cloud_runs_a_set_as_lambda_does(
    name: str, python: str, machine: str, sets: dict[str, list[Requirement]]
):
    assert differences(on(sets[name], python, machine), on(sets[name], *LAMBDA), whole=True) == []


@pytest.mark.parametrize(("python", "machine"), MACHINES)
def test_handlers_are_tested_with_the_versions_that_are_deployed(
    python: str, machine: str, sets: dict[str, list[Requirement]], root: list[Requirement]
):
    here = on(root, python, machine)
    for requirements in sets.values():
        there = on(requirements, *LAMBDA)
        assert differences(here, there, whole=False) == []
        assert sorted(there.keys() - here.keys()) == [], "tested without it"


def test_all_sets_hold_one_version_of_what_they_share(sets: dict[str, list[Requirement]]):
    versions: defaultdict[str, set[str]] = defaultdict(set)
    for requirements in sets.values():
        for name, version in on(requirements, *LAMBDA).items():
            versions[name].add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_every_reason_is_still_needed(sets: dict[str, list[Requirement]]):
    needed: set[str] = set()
    for requirements in sets.values():
        there = on(requirements, *LAMBDA)
        for machine in MACHINES:
            here = on(requirements, *machine)
            needed |= {
                each for each in here.keys() | there.keys() if here.get(each) != there.get(each)
            }
    assert sorted(REASONS) == sorted(needed)
    assert all(len(reason.split()) > 3 for reason in REASONS.values())


def test_a_difference_is_named_with_both_versions():
    here, there = {"numpy": "==2.4.6", "six": "==1"}, {"numpy": "==2.5.5", "jmespath": "==1.1.0"}
    assert differences(here, there, whole=False) == ["numpy: ==2.4.6 here, ==2.5.5 on Lambda"]
    assert differences(here, there, whole=True) == [
        "jmespath: absent here, ==1.1.0 on Lambda",
        "numpy: ==2.4.6 here, ==2.5.5 on Lambda",
        "six: ==1 here, absent on Lambda",
    ]
