"""What a package needs of the project, read without importing anything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pilaster.packaging import PackagingError, standard
from pilaster.packaging.closure import Closure, closure
from pilaster.packaging.source import read

HANDLER = "def handler(event, context): ...\n"


def project(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def close(root: Path, files: dict[str, str], entry: str = "lambdas.docs.edge") -> Closure:
    return closure(entry, project(root, files), read)


def test_what_lies_about_never_gets_in_however_wide_a_pattern_is(tmp_path: Path):
    found = close(
        tmp_path,
        {
            "lambdas/docs/edge.py": 'DATA_FILES = ("**/*",)\n' + HANDLER,
            "lambdas/docs/words.txt": "words",
            "lambdas/docs/.env": "SECRET=1",
            "lambdas/docs/.git/config": "x",
            "lambdas/docs/more/.netrc": "x",
            "lambdas/docs/__pycache__/edge.cpython-311.pyc": "x",
            "lambdas/.env": "SECRET=1",
            ".env": "SECRET=1",
            "tests/test_edge.py": "",
        },
    )
    assert list(found.files) == ["lambdas/docs/edge.py", "lambdas/docs/words.txt"]


def test_a_package_holds_what_its_entry_point_reaches_and_nothing_else(tmp_path: Path):
    found = close(
        tmp_path,
        {
            "lambdas/__init__.py": "",
            "lambdas/docs/__init__.py": "",
            "lambdas/docs/edge.py": "from lambdas.docs.model import name\n" + HANDLER,
            "lambdas/docs/model/__init__.py": "",
            "lambdas/docs/model/name.py": "import lambdas.shared.words",
            "lambdas/docs/model/unused.py": "",
            "lambdas/shared/words.py": "import json, decimal",
        },
    )
    assert list(found.files) == [
        "lambdas/__init__.py",
        "lambdas/docs/__init__.py",
        "lambdas/docs/edge.py",
        "lambdas/docs/model/__init__.py",
        "lambdas/docs/model/name.py",
        "lambdas/shared/words.py",
    ]
    assert found.foreign == {}


def test_what_a_package_s_init_asks_for_comes_along(tmp_path: Path):
    found = close(
        tmp_path,
        {
            "lambdas/docs/edge.py": "from lambdas.docs.model import Name\n" + HANDLER,
            "lambdas/docs/model/__init__.py": "from lambdas.docs.model.name import Name",
            "lambdas/docs/model/name.py": "class Name: ...",
        },
    )
    assert "lambdas/docs/model/name.py" in found.files


@pytest.mark.parametrize(
    "line",
    [
        "from . import name",
        "from .name import Name",
        "from ..docs import name",
        "def later():\n    from lambdas.docs.name import Name",
        "import importlib\nimportlib.import_module('lambdas.docs.name')",
        "from importlib import import_module\nimport_module('lambdas.docs.name')",
        "__import__('lambdas.docs.name')",
        "try:\n    from lambdas.docs import name\nexcept ImportError: pass",
        "if True:\n    import lambdas.docs.name as n",
        "match 1:\n    case 1:\n        from lambdas.docs import name",
        "class A:\n    from lambdas.docs import name",
    ],
)
def test_every_way_to_import_by_name_is_followed(tmp_path: Path, line: str):
    found = close(
        tmp_path,
        {"lambdas/docs/edge.py": f"{line}\n{HANDLER}", "lambdas/docs/name.py": "class Name: ..."},
    )
    assert "lambdas/docs/name.py" in found.files


def test_relative_imports_of_a_package_start_at_the_package(tmp_path: Path):
    found = close(
        tmp_path,
        {
            "lambdas/docs/edge.py": "import lambdas.docs.model\n" + HANDLER,
            "lambdas/docs/model/__init__.py": "from .name import Name\nfrom ..other import x",
            "lambdas/docs/model/name.py": "",
            "lambdas/docs/other.py": "x = 1",
        },
    )
    assert {"lambdas/docs/model/name.py", "lambdas/docs/other.py"} <= set(found.files)


def test_a_circle_of_imports_is_walked_once(tmp_path: Path):
    found = close(
        tmp_path,
        {
            "lambdas/docs/edge.py": "import lambdas.docs.other\n" + HANDLER,
            "lambdas/docs/other.py": "import lambdas.docs.edge",
        },
    )
    assert len(found.files) == 2


def test_what_only_a_type_checker_imports_is_left_out(tmp_path: Path):
    found = close(
        tmp_path,
        {
            "lambdas/docs/edge.py": (
                "import typing\nfrom typing import TYPE_CHECKING\n"
                "if TYPE_CHECKING:\n    import boto3, lambdas.docs.name\n"
                "if typing.TYPE_CHECKING:\n    import psycopg\n"
                "else:\n    import lambdas.docs.real\n" + HANDLER
            ),
            "lambdas/docs/name.py": "",
            "lambdas/docs/real.py": "",
        },
    )
    assert list(found.files) == ["lambdas/docs/edge.py", "lambdas/docs/real.py"]
    assert found.foreign == {}


def test_what_comes_from_elsewhere_is_named_with_the_place_that_asks(tmp_path: Path):
    edge = "import os\nimport boto3.session\nfrom psycopg.rows import dict_row\n"
    edge += "try:\n    import orjson\nexcept ImportError:\n    orjson = None\n" + HANDLER
    found = close(tmp_path, {"lambdas/docs/edge.py": edge})
    assert found.foreign == {
        "boto3": "lambdas/docs/edge.py, line 2",
        "psycopg": "lambdas/docs/edge.py, line 3",
    }


def test_data_files_beside_a_module_come_along_by_path_or_pattern(tmp_path: Path):
    found = close(
        tmp_path,
        {
            "lambdas/docs/edge.py": (
                'DATA_FILES: tuple[str, ...] = ("words.txt", "../sql/*.sql")\n' + HANDLER
            ),
            "lambdas/docs/words.txt": "a",
            "lambdas/sql/002.sql": "b",
            "lambdas/sql/001.sql": "c",
            "lambdas/sql/notes.md": "d",
        },
    )
    assert list(found.files) == [
        "lambdas/docs/edge.py",
        "lambdas/docs/words.txt",
        "lambdas/sql/001.sql",
        "lambdas/sql/002.sql",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import importlib\nimportlib.import_module(name)\n", "line 2: imports a module whose"),
        ("__import__('.x')\n", "known only when it runs"),
        ("from lambdas.docs import *\n", r"import \*` does not say what it takes"),
        ("import lambdas.docs.gone\n", "imports lambdas.docs.gone, which is no module"),
        ("from ....over import x\n", "leads out of the project"),
        ("DATA_FILES = tuple(find())\n", "line 1: DATA_FILES is read without running"),
        ("DATA_FILES = ('gone.txt',)\n", "DATA_FILES names 'gone.txt', and nothing"),
        ("DATA_FILES = ('../../../outside.txt',)\n", "leads out of the project"),
        ("def handler(:\n", "line 1: cannot be packaged, it is no Python"),
    ],
)
def test_what_cannot_be_closed_over_is_refused_by_name(tmp_path: Path, text: str, says: str):
    (tmp_path / "outside.txt").write_text("secret")
    root = tmp_path / "project"
    with pytest.raises(PackagingError, match=says) as refused:
        close(root, {"lambdas/docs/edge.py": text + HANDLER})
    assert "lambdas/docs/edge.py" in str(refused.value)


def test_an_entry_point_that_is_not_there_or_handles_nothing_is_refused(tmp_path: Path):
    with pytest.raises(PackagingError, match=r"'lambdas.docs.gone' is no module below"):
        close(tmp_path, {"lambdas/docs/edge.py": HANDLER}, entry="lambdas.docs.gone")
    with pytest.raises(PackagingError, match="has no `handler` at its top level"):
        close(tmp_path, {"lambdas/docs/edge.py": "def handle(event, context): ..."})


@pytest.mark.parametrize(
    "text", ["handler = wrap(show)", "from lambdas.docs.x import a as handler"]
)
def test_a_handler_may_be_made_or_imported(tmp_path: Path, text: str):
    files = {"lambdas/docs/edge.py": text, "lambdas/docs/x.py": "a = 1"}
    assert close(tmp_path, files).files


def test_a_handler_may_be_annotated(tmp_path: Path):
    text = "from collections.abc import Callable\nhandler: Callable[..., None] = print\n"
    assert list(close(tmp_path, {"lambdas/docs/edge.py": text}).files) == ["lambdas/docs/edge.py"]
    with pytest.raises(PackagingError, match="has no `handler` at its top level"):
        close(tmp_path / "b", {"lambdas/docs/edge.py": "handler: object\n"})


def test_a_data_file_that_is_a_link_lies_where_the_module_looks_for_it(tmp_path: Path):
    (tmp_path / "lambdas/docs").mkdir(parents=True)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/words.txt").write_text("words")
    (tmp_path / "lambdas/docs/words.txt").symlink_to("../../shared/words.txt")
    (tmp_path / "lambdas/docs/all").symlink_to("../../shared")
    found = close(
        tmp_path,
        {"lambdas/docs/edge.py": 'DATA_FILES = ("words.txt", "all/*.txt")\n' + HANDLER},
    )
    assert dict(found.files) == {
        "lambdas/docs/all/words.txt": b"words",
        "lambdas/docs/edge.py": b'DATA_FILES = ("words.txt", "all/*.txt")\n' + HANDLER.encode(),
        "lambdas/docs/words.txt": b"words",
    }


def test_a_data_file_that_is_a_link_out_of_the_project_is_refused(tmp_path: Path):
    root = tmp_path / "project"
    (root / "lambdas/docs").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (root / "lambdas/docs/words.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(PackagingError, match=r"names 'words\.txt', which leads out of the project"):
        close(root, {"lambdas/docs/edge.py": 'DATA_FILES = ("words.txt",)\n' + HANDLER})


@pytest.mark.parametrize("pattern", ["", "/etc/hosts", "a**"])
def test_a_data_file_pattern_that_is_none_is_refused_by_name(tmp_path: Path, pattern: str):
    text = f"DATA_FILES = ({pattern!r},)\n{HANDLER}"
    with pytest.raises(PackagingError, match=r"edge\.py: DATA_FILES names .*(no path or|nothing)"):
        close(tmp_path, {"lambdas/docs/edge.py": text})


def test_a_folder_among_the_data_files_is_refused_with_what_to_write(tmp_path: Path):
    files = {
        "lambdas/docs/edge.py": 'DATA_FILES = ("pages",)\n' + HANDLER,
        "lambdas/docs/pages/a.html": "",
    }
    with pytest.raises(PackagingError, match=r"for the files of a folder write 'pages/\*'"):
        close(tmp_path, files)


def test_a_module_with_a_zero_byte_is_refused_by_name(tmp_path: Path):
    with pytest.raises(PackagingError, match=r"lambdas/docs/edge\.py.*: cannot be packaged"):
        close(tmp_path, {"lambdas/docs/edge.py": HANDLER + "\0"})


def test_names_of_any_letters_and_names_of_python_s_own_modules_are_the_project_s(tmp_path: Path):
    text = "from lambdas.docs import json, größe\nfrom . import email\n" + HANDLER
    names = ["edge", "email", "größe", "json"]
    files = {f"lambdas/docs/{name}.py": "" for name in names}
    found = close(tmp_path, {**files, "lambdas/docs/edge.py": text})
    assert list(found.files) == [f"lambdas/docs/{name}.py" for name in names]
    assert found.foreign == {}


MODULES = {
    "3.11": {"imp", "cgi"},
    "3.12": {"cgi"},
    "3.13": set[str](),
    "3.14": {"compression"},
}


@pytest.mark.parametrize("python", MODULES)
def test_python_s_own_modules_are_those_of_the_version_the_package_is_for(python: str):
    asked = {"imp", "cgi", "compression", "json"}
    assert asked & standard.modules(python) == {*MODULES[python], "json"}


def test_the_version_that_runs_here_brings_what_it_says_it_brings():
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert standard.modules(here) == sys.stdlib_module_names
