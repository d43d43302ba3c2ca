"""What functions.py passes against what the handlers read, import and are packaged with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from pilaster.packaging.closure import closure
from pilaster.packaging.source import read

from lambdas.documents.migrations import DATA_FILES, migrations
from systems.documents.aws import events
from systems.documents.aws import functions as fn
from tests.support.documents_aws import LAMBDA
from tests.support.documents_functions import ENTRY, functions

ROOT = Path(__file__).parents[3]
PROBE = ROOT / "tests/support/documents_import_probe.py"
FUNCTIONS = functions()


def locked_modules(dependencies: str | None) -> set[str]:
    """The top-level modules of a dependency set, by its lock."""
    if dependencies is None:
        return set()
    lock = ROOT / "lambdas/dependencies" / dependencies / "uv.lock"
    packages = {_plain(each["name"]) for each in tomllib.loads(lock.read_text())["package"]}
    return {
        module
        for module, distributions in packages_distributions().items()
        if packages & {_plain(name) for name in distributions}
    }


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


@pytest.fixture(scope="module")
def probed() -> Mapping[str, Any]:
    answers: dict[str, Any] = {}
    for dependencies in {args.code.dependencies for args in FUNCTIONS.values()}:
        asked = {
            "allowed": sorted(locked_modules(dependencies)),
            "handlers": {
                entry: {**LAMBDA, **args.environment}
                for entry, args in FUNCTIONS.items()
                if args.code.dependencies == dependencies
            },
        }
        done = subprocess.run(
            [sys.executable, str(PROBE)],
            env={"PYTHONPATH": str(ROOT)},
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=180,  # 6 s of one core for the largest set; a machine may be busy
        )
        assert done.returncode == 0, f"{dependencies}: {done.stderr[-2000:]}"
        answers |= json.loads(done.stdout)
    return answers


def test_every_handler_there_is_has_its_function():
    edges = ROOT / "lambdas/documents/aws"
    found = {
        ".".join(("lambdas", "documents", "aws", *path.relative_to(edges).with_suffix("").parts))
        for path in edges.rglob("*.py")
        if "\ndef handler(" in path.read_text()
    }
    assert found == set(FUNCTIONS)


@pytest.mark.parametrize("entry", sorted(FUNCTIONS))
def test_a_handler_is_given_exactly_the_variables_it_reads(probed: Mapping[str, Any], entry: str):
    assert probed[entry]["variables"] == sorted(FUNCTIONS[entry].environment)


def test_every_handler_starts_with_its_own_dependencies_alone(probed: Mapping[str, Any]):
    assert set(probed) == set(FUNCTIONS), "the probe refuses what is not in a handler's package"


SETS = sorted({args.code.dependencies for args in FUNCTIONS.values() if args.code.dependencies})


def test_every_dependency_set_is_used():
    folder = ROOT / "lambdas/dependencies"
    pages = "".join(page.read_text() for page in (ROOT / "systems/service").glob("*/page.py"))
    elsewhere = set(re.findall(r'dependencies="(\w+)"|DEPENDENCIES = "(\w+)"', pages))
    used = {*SETS, *(name for pair in elsewhere for name in pair if name)}
    assert {each.parent.name for each in folder.glob("*/pyproject.toml")} == used


@pytest.mark.parametrize("dependencies", SETS)
def test_a_dependency_set_asks_for_what_its_handlers_import_and_no_more(dependencies: str):
    project = ROOT / "lambdas/dependencies" / dependencies / "pyproject.toml"
    asked = {
        _plain(re.split(r"[\[>=<]", each)[0])
        for each in tomllib.loads(project.read_text())["project"]["dependencies"]
    }
    wanted = {
        module
        for other, args in FUNCTIONS.items()
        if args.code.dependencies == dependencies
        for module in closure(other, ROOT, read).foreign
    }
    imported = {_plain(name) for each in wanted for name in packages_distributions()[each]}
    assert asked == imported


@pytest.mark.parametrize("part", ["health", "openapi"])
def test_what_anybody_may_ask_loads_nothing_of_the_application(
    probed: Mapping[str, Any], part: str
):
    """The lock at the edge is no part of it, and is small."""
    assert probed[f"{ENTRY}.{part}.show"]["loaded"] == sorted(
        [
            "lambdas",
            "lambdas.documents",
            "lambdas.documents.aws",
            f"lambdas.documents.aws.{part}",
            f"lambdas.documents.aws.{part}.show",
            "lambdas.documents.aws.lock",
            "lambdas.shared",
            "lambdas.shared.problems",
            "lambdas.shared.settings",
        ]
    )


def files_of(entry: str) -> set[str]:
    return set(closure(entry, ROOT, read).files)


@pytest.mark.parametrize("entry", sorted(FUNCTIONS))
def test_the_package_holds_every_module_the_handler_loads(probed: Mapping[str, Any], entry: str):
    packaged = files_of(entry)
    missing = [
        name
        for name in probed[entry]["loaded"]
        if f"{name.replace('.', '/')}.py" not in packaged
        and f"{name.replace('.', '/')}/__init__.py" not in packaged
    ]
    assert missing == []


@pytest.mark.parametrize("entry", sorted(FUNCTIONS))
def test_only_what_logs_in_carries_the_databases_certificates(entry: str):
    bundle = "lambdas/shared/certificates/rds-global-bundle.pem"
    assert (bundle in files_of(entry)) == ("DATABASE_HOST" in FUNCTIONS[entry].environment)


@pytest.mark.parametrize("entry", sorted(FUNCTIONS))
def test_only_steps_that_read_carry_the_reader(entry: str):
    folder = "lambdas/documents/reading"
    reader = {file for file in files_of(entry) if file.startswith(f"{folder}/")}
    steps = {
        f"{ENTRY}.steps.{step}"
        for step in ("classify", "preprocess", "read", "read_textract", "interpret", "extract")
    }
    assert bool(reader) == (entry in steps), sorted(reader)


def test_every_migration_on_disk_is_packaged():
    folder = ROOT / "lambdas/documents/migrations"
    on_disk = {path.name for path in folder.glob("*.sql")}
    assert on_disk == set(DATA_FILES)
    assert {f"lambdas/documents/migrations/{name}" for name in DATA_FILES} <= files_of(
        f"{ENTRY}.migrate"
    )


def test_the_database_users_are_the_roles_the_migrations_make():
    sql = "\n".join(each.sql for each in migrations())
    for role in (fn.API_ROLE, fn.WRITER_ROLE, events.ERASER_ROLE):
        assert f"create role {role} login" in sql


def test_what_speaks_to_the_database_is_inside_and_what_speaks_to_aws_is_outside():
    sides = {entry: args.network is not None for entry, args in FUNCTIONS.items()}
    assert {entry.removeprefix(f"{ENTRY}.") for entry, inside in sides.items() if inside} == {
        "api.create",
        "api.delete",
        "api.list",
        "api.show",
        "ended",
        "erase",
        "steps.classify",
        "steps.interpret",
        "steps.preprocess",
        "steps.read",
        "steps.save",
    }


def test_an_api_function_answers_before_api_gateway_gives_up():
    for entry, args in FUNCTIONS.items():
        if ".api." in entry or ".auth." in entry:
            assert args.timeout_seconds < 30, entry
