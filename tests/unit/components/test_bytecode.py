"""Bytecode in packages: of the target's version, taken unchecked, the same wherever it is made."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from pilaster.packaging import Code, Package, PackagingError, Target, build, bytecode
from pilaster.packaging.bytecode import Compiler

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
TAG = f"cpython-{VERSION.replace('.', '')}"
HERE = Compiler(
    python=Path(sys.executable), version=".".join(str(each) for each in sys.version_info[:3])
)
EDGE = """import boto
from lambdas.docs import name


def handler(event, context):
    raise ValueError(name.NAME)
"""
FILES = {
    "lambdas/__init__.py": "",
    "lambdas/docs/__init__.py": "",
    "lambdas/docs/edge.py": EDGE,
    "lambdas/docs/name.py": "NAME = 'first'\n",
    "lambdas/dependencies/edge/pyproject.toml": "[project]\nname='edge'\n",
    "lambdas/dependencies/edge/uv.lock": "version = 1\n",
}
SET = {
    "boto/__init__.py": "def where():\n    raise LookupError\n",
    "boto/template.py": "class {{ name }}: pass\n",
    "boto/__pycache__/__init__.cpython-399.pyc": "the machine's own",
    "six.py": "",
}
CODE = Code(entry_point="lambdas.docs.edge", dependencies="edge")


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def here(python: str) -> Compiler | None:
    return HERE if python == VERSION else None


def nobody(python: str) -> None:
    """No interpreter of any version."""


def packed(root: Path, find: bytecode.Find = here, python: str = VERSION) -> Package:
    return build(
        CODE,
        Target(python=python),
        root=root,
        cache=root / "cache",
        install=lambda folder, target, into: write(into, SET) and None,
        find=find,
    )


def unpacked(package: Package, into: Path) -> Path:
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(into)
    return into


def run(task: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Python as Lambda starts it, with the archive first on its path and nothing written."""
    return subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(task)!r})\n{program}"],
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_module_has_its_bytecode_beside_it_and_the_machine_s_own_stays_out(tmp_path: Path):
    with zipfile.ZipFile(packed(write(tmp_path, FILES)).path) as archive:
        assert archive.namelist() == [
            f"__pycache__/six.{TAG}.pyc",
            "boto/__init__.py",
            f"boto/__pycache__/__init__.{TAG}.pyc",
            "boto/template.py",
            "six.py",
            "lambdas/__init__.py",
            f"lambdas/__pycache__/__init__.{TAG}.pyc",
            "lambdas/docs/__init__.py",
            f"lambdas/docs/__pycache__/__init__.{TAG}.pyc",
            f"lambdas/docs/__pycache__/edge.{TAG}.pyc",
            f"lambdas/docs/__pycache__/name.{TAG}.pyc",
            "lambdas/docs/edge.py",
            "lambdas/docs/name.py",
        ]


def test_a_package_says_who_compiled_it_and_what_stayed_as_it_was(tmp_path: Path):
    package = packed(write(tmp_path, FILES))
    assert package.bytecode == HERE.version
    assert package.uncompiled() == ["boto/template.py"]


def test_a_package_from_the_cache_says_it_too(tmp_path: Path):
    made = packed(write(tmp_path, FILES))
    again = packed(tmp_path)
    assert (made.seconds is None, again.seconds) == (False, None)
    assert again == made


def test_bytecode_runs_whatever_its_source_says_meanwhile(tmp_path: Path):
    task = unpacked(packed(write(tmp_path, FILES)), tmp_path / "task")
    (task / "lambdas/docs/name.py").write_text("this is no Python")
    os.utime(task / "lambdas/docs/edge.py", (1, 1))
    done = run(task, "from lambdas.docs.edge import name; print(name.NAME)")
    assert (done.stdout, done.stderr) == ("first\n", "")


def test_bytecode_names_the_file_where_lambda_has_it_and_no_folder_of_this_machine(tmp_path: Path):
    with zipfile.ZipFile(packed(write(tmp_path, FILES)).path) as archive:
        compiled = {
            name: archive.read(name) for name in archive.namelist() if name.endswith(".pyc")
        }
    assert b"/var/task/lambdas/docs/edge.py" in compiled[f"lambdas/docs/__pycache__/edge.{TAG}.pyc"]
    assert b"/var/task/six.py" in compiled[f"__pycache__/six.{TAG}.pyc"]
    folders = [str(tmp_path).encode(), tempfile.gettempdir().encode(), b"pilaster-"]
    assert [(name, each) for name in compiled for each in folders if each in compiled[name]] == []


def test_tracebacks_show_lines_of_the_sources(tmp_path: Path):
    task = unpacked(packed(write(tmp_path, FILES)), tmp_path / "task")
    shown = run(task, "from lambdas.docs.edge import handler; handler({}, None)").stderr
    assert 'docs/edge.py", line 6, in handler\n    raise ValueError(name.NAME)' in shown


def test_bytecode_is_the_same_in_another_folder_and_under_another_clock_and_hash_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    one = packed(write(tmp_path / "one", FILES)).path.read_bytes()
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    assert packed(write(tmp_path / "a longer folder", FILES)).path.read_bytes() == one


def test_with_and_without_a_compiler_the_key_is_the_same_and_the_file_another(tmp_path: Path):
    write(tmp_path, FILES)
    without, with_it = packed(tmp_path, nobody), packed(tmp_path)
    assert without.key == with_it.key
    assert without.path != with_it.path
    assert without.bytecode is None
    assert without.uncompiled() == [name for name in with_names(without) if name.endswith(".py")]


def with_names(package: Package) -> list[str]:
    with zipfile.ZipFile(package.path) as archive:
        return sorted(archive.namelist())


def test_a_package_made_without_bytecode_is_made_again_once_there_is_a_compiler(tmp_path: Path):
    write(tmp_path, FILES)
    assert packed(tmp_path, nobody).seconds is not None
    assert packed(tmp_path, nobody).seconds is None
    assert packed(tmp_path, here).seconds is not None
    later = packed(tmp_path, nobody)
    assert (later.bytecode, later.seconds) == (HERE.version, None), "what is at hand is kept"


def test_nobody_looks_for_a_compiler_while_bytecode_is_at_hand(tmp_path: Path):
    packed(write(tmp_path, FILES))

    def asked(python: str) -> Compiler | None:
        raise AssertionError("it costs a process")

    assert packed(tmp_path, asked).bytecode == HERE.version


def test_the_project_s_own_module_that_does_not_compile_is_refused_by_name(tmp_path: Path):
    broken = {**FILES, "lambdas/docs/name.py": "def f():\n    return\nawait x\n"}
    with pytest.raises(PackagingError, match=r"does not compile with Python .*docs/name.py: "):
        packed(write(tmp_path, broken))
    assert not list((tmp_path / "cache").glob("*.zip"))


def test_the_interpreter_that_runs_compiles_for_its_own_version():
    found = bytecode.find(VERSION)
    assert found is not None
    assert found.version == HERE.version


def test_a_version_nobody_has_is_not_found_and_not_fetched():
    assert bytecode.find("3.99") is None
    assert bytecode.none_here("3.99") == (
        "packages carry no bytecode: no Python 3.99 here; cold starts are about twice as long; "
        "`uv python install 3.99` changes that"
    )


def test_an_interpreter_that_does_not_start_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    bytecode.find.cache_clear()
    assert bytecode.find("3.99") is None


GOOD = bytes.fromhex("a70d0d0a 01000000") + bytes(24)
"""Python 3.11, taken unchecked."""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(bytes.fromhex("cb0d0d0a 01000000") + bytes(24), id="another version"),
        pytest.param(bytes.fromhex("a70d0d0a 00000000") + bytes(24), id="a date, not a hash"),
        pytest.param(bytes.fromhex("a70d0d0a 03000000") + bytes(24), id="a hash to be compared"),
        pytest.param(GOOD[:16], id="a head alone"),
    ],
)
def test_bytecode_that_lambda_would_pass_over_or_compare_is_refused(content: bytes):
    bytecode.check("a.pyc", GOOD, "3.11")
    with pytest.raises(PackagingError, match=r"a\.pyc: no bytecode that Python 3\.11 loads unch"):
        bytecode.check("a.pyc", content, "3.11")


def test_the_version_that_runs_here_has_the_magic_number_we_expect():
    found = int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little")
    assert bytecode.MAGIC[VERSION] == found


@pytest.mark.parametrize("name", ["six.py", "a/b/c.py", "a/__init__.py"])
def test_bytecode_lies_where_python_looks_for_it(name: str):
    assert bytecode.beside(name, VERSION) == importlib.util.cache_from_source(name)


def test_an_interpreter_that_is_gone_since_it_was_found_is_named(tmp_path: Path):
    gone = Compiler(python=tmp_path / "python3", version=HERE.version)
    with pytest.raises(PackagingError, match=r"Python 3\..*/python3\) cannot be started: No such"):
        packed(write(tmp_path, FILES), lambda _: gone)


def interpreter(folder: Path, monkeypatch: pytest.MonkeyPatch, **seen: object) -> None:
    """A Python of that description is the one that runs."""
    said = {"python": "/python", "version": "3.99.0", "magic": 4000, "tag": "cpython-399", **seen}
    program = folder / "python"
    program.write_text(f"#!/bin/sh\necho '{json.dumps(said)}'\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(bytecode, "_installed", lambda _: [str(program)])
    bytecode.find.cache_clear()


def test_a_pre_release_with_bytecode_of_its_own_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    early = {"version": "3.14.0a3", "magic": 3608, "tag": "cpython-314"}
    interpreter(tmp_path, monkeypatch, **early)
    assert bytecode.find("3.14") is None
    interpreter(tmp_path, monkeypatch, **{**early, "version": "3.14.0rc2", "magic": 3627})
    found = bytecode.find("3.14")
    assert found is not None
    assert found.version == "3.14.0rc2"
    bytecode.find.cache_clear()
