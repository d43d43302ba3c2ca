"""Loads an unpacked archive as Lambda does, and says what was run from bytecode and what not."""

from __future__ import annotations

import json
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

_LOADER = """
import importlib, importlib.machinery, json, sys

task, module = sys.argv[1:]
loader = importlib.machinery.SourceFileLoader
to_code = loader.source_to_code
compiled = []

def source_to_code(self, data, path, **more):
    compiled.append(path)
    return to_code(self, data, path, **more)

loader.source_to_code = source_to_code
sys.path.insert(0, task)
handler = importlib.import_module(module).handler
files = [getattr(each, "__file__", None) or "" for each in list(sys.modules.values())]
print(json.dumps({
    "callable": callable(handler),
    "loaded": sorted(path for path in files if path.startswith(task)),
    "compiled": sorted(path for path in compiled if path.startswith(task)),
}))
"""


@dataclass(frozen=True)
class Loaded:
    """Files below the archive, by their paths in it."""

    callable: bool
    loaded: list[str]
    compiled: list[str]
    """Those whose source was compiled, since no bytecode was taken for them."""
    written: list[str]
    """What was not in the archive and is there now."""


def unpacked(archive: Path, into: Path) -> Path:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(into)
    return into


def load(python: Path, task: Path, module: str, environment: dict[str, str]) -> Loaded:
    """Imports the handler's module in a process of its own, in which nothing is written."""
    before = set(task.rglob("*"))
    done = subprocess.run(
        [python, "-S", "-c", _LOADER, str(task), module],
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=task,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    return Loaded(
        callable=seen["callable"],
        loaded=[str(Path(path).relative_to(task)) for path in seen["loaded"]],
        compiled=[str(Path(path).relative_to(task)) for path in seen["compiled"]],
        written=sorted(str(path.relative_to(task)) for path in set(task.rglob("*")) - before),
    )
