"""Bytecode of the target's own Python version, compiled where a package is made.

/var/task is read-only: what is not shipped compiled is compiled again at every cold start. Bytecode
of another version is passed over without a word, so only an interpreter of the target's version
compiles, and what it made is looked at before it is packed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from uv import find_uv_bin

from pilaster.packaging.error import PackagingError

MAGIC = {"3.11": 3495, "3.12": 3531, "3.13": 3571, "3.14": 3627}
"""What bytecode of a version begins with, from its first release on (CPython's
`importlib/_bootstrap_external.py`, later `pycore_magic_number.h`)."""

_SCRIPT = Path(__file__).with_name("compile_script.py")
_UNCHECKED_HASH = 0b01
_ISOLATED = ("-I", "-S", "-B")
"""No environment, no site-packages, nothing written on the side."""
_PROBE = """
import importlib.util, json, platform, sys
magic = int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little")
print(json.dumps({
    "python": sys.executable, "version": platform.python_version(),
    "magic": magic, "tag": sys.implementation.cache_tag,
}))
"""


@dataclass(frozen=True, kw_only=True)
class Compiler:
    """An interpreter of a target's version."""

    python: Path
    """Its executable."""
    version: str
    """Its whole version: patch releases of one version write different bytes."""


Find = Callable[[str], Compiler | None]
"""The interpreter of a version (`3.13`), if there is one."""


@cache
def find(python: str) -> Compiler | None:
    """The interpreter that runs, if it has this version, or one that uv finds; never downloads."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [sys.executable] if running == python else _installed(python)
    for candidate in candidates:
        if found := _probed(candidate, python):
            return found
    return None


def compiled(compiler: Compiler, folder: Path, names: Sequence[str]) -> Mapping[str, str]:
    """Compiles these sources below the folder, beside them; why some have no bytecode, by name."""
    try:
        done = subprocess.run(
            [compiler.python, *_ISOLATED, _SCRIPT],
            input=json.dumps({"folder": str(folder), "names": sorted(names)}),
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:  # it was there when it was looked for
        raise PackagingError(
            f"Python {compiler.version} ({compiler.python}) cannot be started: {error.strerror}"
        ) from error
    if done.returncode:
        raise PackagingError(
            f"Python {compiler.version} ({compiler.python}) cannot compile; it says:\n"
            f"{done.stderr.strip()}"
        )
    return json.loads(done.stdout)


def beside(name: str, python: str) -> str:
    """Where a module's bytecode lies in an archive: `a/__pycache__/b.cpython-313.pyc`."""
    folder, _, file = name.rpartition("/")
    there = f"{folder}/" if folder else ""
    return f"{there}__pycache__/{file.removesuffix('.py')}.cpython-{python.replace('.', '')}.pyc"


def check(name: str, content: bytes, python: str) -> None:
    """Refuses bytecode that Lambda's Python would not take without looking at its source."""
    magic, flags = int.from_bytes(content[:2], "little"), int.from_bytes(content[4:8], "little")
    if len(content) <= 16 or magic != MAGIC.get(python, magic) or flags != _UNCHECKED_HASH:
        raise PackagingError(
            f"{name}: no bytecode that Python {python} loads unchecked (magic {magic}, "
            f"flags {flags}): is the interpreter that compiled it a release of Python {python}?"
        )


def none_here(python: str) -> str:
    """What it means that there is no interpreter of that version, and what changes it."""
    return (
        f"packages carry no bytecode: no Python {python} here; cold starts are about twice as "
        f"long; `uv python install {python}` changes that"
    )


def _installed(python: str) -> list[str]:
    """`uv python find` gives up at the first interpreter that does not start; its list does not."""
    done = subprocess.run(
        [
            *(find_uv_bin(), "--no-config", "python", "list", f"cpython@{python}"),
            *("--only-installed", "--no-python-downloads", "--output-format", "json"),
        ],
        env=_environment(python),
        capture_output=True,
        text=True,
        check=False,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout) if done.returncode == 0 else []
    return [each["path"] for each in found if each.get("variant", "default") == "default"]


def _probed(executable: str, python: str) -> Compiler | None:
    try:
        done = subprocess.run(
            [executable, *_ISOLATED, "-c", _PROBE],
            env=_environment(python),
            capture_output=True,
            text=True,
            check=True,
        )
        seen = json.loads(done.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None  # a shim without anything behind it
    fits = (
        seen["tag"] == f"cpython-{python.replace('.', '')}"
        and seen["version"].startswith(f"{python}.")
        and seen["magic"] == MAGIC.get(python, seen["magic"])
    )
    return Compiler(python=Path(seen["python"]), version=seen["version"]) if fits else None


def _environment(python: str) -> dict[str, str]:
    """pyenv's shims start only versions that are switched on."""
    return {**os.environ, "PYENV_VERSION": python}
