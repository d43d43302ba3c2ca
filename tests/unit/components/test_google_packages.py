"""Source archives for Cloud Functions: the same bytes anywhere, and loaded by Google's own host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pilaster.packaging import Code, PackagingError, google

from tests.support.google import needs_types

ROOT = Path(__file__).parents[3]
LOCK = "functions-framework==3.10.2 --hash=sha256:1\n"
FILES = {
    "lambdas/__init__.py": "",
    "lambdas/shop.py": "from lambdas import price\ndef handler(request): return price.OF\n",
    "lambdas/price.py": "OF = 'four'\n",
    "lambdas/unused.py": "raise AssertionError\n",
    "lambdas/dependencies/shop/pyproject.toml": "[project]\nname='shop'\n",
    "lambdas/dependencies/shop/uv.lock": "version = 1\n",
}
CODE = Code(entry_point="lambdas.shop", dependencies="shop")


def project(root: Path, **changed: str) -> Path:
    for name, text in {**FILES, **changed}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def packed(root: Path, cache: Path, lock: str = LOCK) -> google.Source:
    return google.source(CODE, "3.13", root=root, cache=cache, export=lambda _: lock)


def test_the_archive_holds_what_is_imported_the_lock_and_a_main_that_names_the_entry(tmp_path):
    made = packed(project(tmp_path / "a"), tmp_path / "cache")
    with zipfile.ZipFile(made.path) as archive:
        assert archive.namelist() == [
            "lambdas/__init__.py",
            "lambdas/price.py",
            "lambdas/shop.py",
            "main.py",
            "requirements.txt",
        ]
        assert b"from lambdas.shop import handler" in archive.read("main.py")
        assert archive.read("requirements.txt").decode() == LOCK


def test_the_same_content_has_the_same_bytes_whatever_the_folder_and_the_time(tmp_path):
    first = packed(project(tmp_path / "a"), tmp_path / "one")
    other = project(tmp_path / "elsewhere" / "b")
    for file in other.rglob("*.py"):
        os.utime(file, (1, 1))
    second = packed(other, tmp_path / "two")
    assert first.key == second.key
    assert first.path.read_bytes() == second.path.read_bytes()


def test_a_changed_line_or_lock_is_another_archive_and_nothing_else_is(tmp_path):
    made = packed(project(tmp_path), tmp_path / "cache")
    again = packed(project(tmp_path, **{"lambdas/unused.py": "1"}), tmp_path / "cache")
    assert (again.key, again.seconds) == (made.key, None), "it is at hand"
    keys = {
        made.key,
        packed(project(tmp_path, **{"lambdas/price.py": "OF = 5\n"}), tmp_path / "c").key,
        packed(
            project(tmp_path, **{"lambdas/dependencies/shop/uv.lock": "version = 2\n"}),
            tmp_path / "c",
        ).key,
    }
    assert len(keys) == 3


def test_a_set_without_googles_host_is_refused_since_nobody_would_have_tested_it(tmp_path):
    with pytest.raises(PackagingError, match="has no functions-framework: add it and lock again"):
        packed(project(tmp_path), tmp_path / "cache", lock="psycopg==3.2 --hash=sha256:1\n")


def test_code_without_a_dependency_set_is_refused(tmp_path):
    with pytest.raises(PackagingError, match="name a dependency set"):
        google.source(
            Code(entry_point="lambdas.shop"), "3.13", root=project(tmp_path), cache=tmp_path
        )


@needs_types
def test_every_requirement_of_the_service_is_pinned_with_a_hash(tmp_path):
    text = google.source(SERVICE, "3.13", root=ROOT, cache=tmp_path).path
    with zipfile.ZipFile(text) as archive:
        lines = archive.read("requirements.txt").decode().replace("\\\n", " ").splitlines()
    assert lines
    assert all("==" in line and "--hash=sha256:" in line for line in lines if line.strip())


SERVICE = Code(entry_point="lambdas.service.gcp.api", dependencies="service_gcp")
PROBE = """
import json, sys
from functions_framework import create_app
client = create_app("handler", "main.py").test_client()
before = [m for m in sys.modules if m.startswith(("psycopg", "lambdas.service.app"))]
answers = [client.get("/health"), client.get("/api/v1/notes")]
print(json.dumps([[a.status_code for a in answers], before, answers[0].get_data(as_text=True)]))
"""


@needs_types
def test_googles_own_host_loads_the_service_and_health_needs_no_application(tmp_path):
    made = google.source(SERVICE, "3.13", root=ROOT, cache=tmp_path / "cache")
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(tmp_path / "workspace")
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=tmp_path / "workspace",
        # Nothing of this checkout: what is not in the archive is not there.
        env={"PATH": os.environ["PATH"], "PYTHONSAFEPATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    statuses, loaded, body = json.loads(done.stdout.splitlines()[-1])
    assert statuses[0] == 200
    assert loaded == [], "the database's driver and the application are imported by no health check"
    assert json.loads(body) == {"status": "ok"}
    assert statuses[1] == 500, "without its variables the application does not start"
