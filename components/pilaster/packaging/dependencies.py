"""A dependency set: locked third-party packages, installed for a target and archived once.

A set is a folder `lambdas/dependencies/<name>` with a `pyproject.toml` and its `uv.lock`. Only
wheels with a hash from the lock are taken: nothing is built, nothing is resolved.

botocore describes 400 services in 20 MB. A set may say which it needs, and leave the rest out:

    [tool.pilaster]
    aws-services = ["s3", "states"]

Bytecode is compiled in where there is an interpreter of the target's version. A module that does
not compile (a template, code for another Python) stays as it is: nobody may ever import it.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from pilaster.packaging import archive, bytecode, kept
from pilaster.packaging.bytecode import Compiler
from pilaster.packaging.error import PackagingError
from pilaster.packaging.target import Target

FOLDER = "dependencies"
"""Below the folder the entry points are in."""

_RECIPE = "2"
_LEFT_OUT_FOLDERS = frozenset({"__pycache__", "tests"})
_LEFT_OUT_SUFFIXES = frozenset({".pyi", ".pyx", ".pxd"})
"""`.pyc` outside `__pycache__` stays: it is a module that came without its source."""
_LEFT_OUT_RECORDS = frozenset({"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"})
"""How a package came here is no part of it; licences and METADATA stay."""

Install = Callable[[Path, Target, Path], None]
"""Puts the packages a set's folder locks, for a target, into a folder."""


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """A set as it was installed."""

    archive: Path
    """All its files."""
    modules: Sequence[str]
    """Names that can be imported."""
    sizes: Mapping[str, int]
    """Unpacked bytes by top-level folder or file."""


def folder_of(name: str, root: Path, top: str) -> Path:
    """The set's folder, checked to hold a project and its lock."""
    folder = root / top / FOLDER / name
    if not (folder / "pyproject.toml").is_file():
        there = sorted(each.parent.name for each in folder.parent.glob("*/pyproject.toml"))
        raise PackagingError(
            f"dependency set {name!r} is not there: {folder}/pyproject.toml is missing; "
            f"sets are {', '.join(there) or 'none'}"
        )
    if not (folder / "uv.lock").is_file():
        raise PackagingError(
            f"dependency set {name!r} has no lock: run `uv lock --project {folder}` and commit it"
        )
    return folder


def key_of(folder: Path, target: Target, below: str = "") -> str:
    """What the set's files depend on, and where in the archive they are."""
    whole = hashlib.sha256(f"{_RECIPE}\n{target.describe()}\n{below}".encode())
    for file in ("pyproject.toml", "uv.lock"):
        whole.update(hashlib.sha256((folder / file).read_bytes()).digest())
    return whole.hexdigest()


def installed(
    folder: Path,
    key: str,
    target: Target,
    *,
    cache: Path,
    install: Install,
    compiler: Compiler | None,
    below: str = "",
) -> Dependencies:
    """The set for the target, from the cache or installed and compiled now."""
    compiled_by = compiler.version if compiler else None
    path = cache / "sets" / kept.file_name(folder.name, key, compiled_by)
    record = path.with_suffix(".json")  # written last
    if found := _kept(path, record):
        return found
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent)
    with tempfile.TemporaryDirectory(prefix=".install-", dir=path.parent) as scratch:
        into = Path(scratch)
        install(folder, target, into)
        files = _of_services(_files(into), folder)
        if compiler:
            files += _compiled(compiler, into, files, target)
        return _archive(into, sorted(files), path, record, target.level, below)


def _kept(path: Path, record: Path) -> Dependencies | None:
    """The set in the cache, if it is there and whole."""
    try:
        noted = json.loads(record.read_text())
        found = Dependencies(archive=path, modules=noted["modules"], sizes=noted["sizes"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not kept.whole(path):
        return None
    kept.used(path)
    kept.used(record)
    return found


def _compiled(compiler: Compiler, into: Path, files: Sequence[str], target: Target) -> list[str]:
    """The bytecode of the set's modules, compiled where they lie."""
    sources = [name for name in files if name.endswith(".py")]
    failed = bytecode.compiled(compiler, into, sources)
    made = [bytecode.beside(name, target.python) for name in sources if name not in failed]
    for name in made:
        bytecode.check(name, (into / name).read_bytes(), target.python)
    return made


def _archive(
    into: Path, files: Sequence[str], path: Path, record: Path, level: int, below: str
) -> Dependencies:
    members = [(below + name, (into / name).read_bytes) for name in files]
    archive.write(path, members, level=level)
    sizes = Counter[str]()
    for name in files:
        sizes[name.split("/")[0]] += (into / name).stat().st_size
    modules = _modules(files)
    with kept.replacing(record) as new:
        new.write_text(json.dumps({"modules": modules, "sizes": sizes}, sort_keys=True))
    return Dependencies(archive=path, modules=modules, sizes=sizes)


def _files(into: Path) -> list[str]:
    found: list[str] = []
    for folder, folders, names in os.walk(into):
        below = Path(folder).relative_to(into)
        folders[:] = [each for each in folders if each not in _LEFT_OUT_FOLDERS]
        if below == Path():
            # `bin` holds scripts for a shell, and their first lines name this machine's Python.
            folders[:] = [each for each in folders if each != "bin"]
        found += [(below / name).as_posix() for name in names if _belongs(below, name)]
    return found


def _belongs(below: Path, name: str) -> bool:
    if Path(name).suffix in _LEFT_OUT_SUFFIXES or name == ".lock":
        return False
    return not (below.name.endswith(".dist-info") and name in _LEFT_OUT_RECORDS)


def _of_services(files: list[str], folder: Path) -> list[str]:
    """The files without descriptions of AWS services the set does not name, if it names any."""
    settings = tomllib.loads((folder / "pyproject.toml").read_text())
    wanted = settings.get("tool", {}).get("pilaster", {}).get("aws-services")
    if wanted is None:
        return files
    described = {name.split("/")[2] for name in files if _describes_service(name)}
    if unknown := sorted(set(wanted) - described):
        raise PackagingError(
            f"dependency set {folder.name!r} keeps aws-services {', '.join(unknown)}, which its "
            "botocore does not know: use the names boto3.client takes"
        )
    return [name for name in files if not _describes_service(name) or name.split("/")[2] in wanted]


def _describes_service(name: str) -> bool:
    return name.startswith(("botocore/data/", "boto3/data/")) and name.count("/") > 2


def _sweep(folder: Path) -> None:
    """Removes what an installation left that was killed, and sets nobody uses any more."""
    for old in folder.glob(".install-*"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > kept.STALE_SECONDS:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
    kept.sweep(folder, ".*-*", kept.STALE_SECONDS)
    kept.sweep(folder, "*", kept.KEEP_SECONDS)


def _modules(files: Sequence[str]) -> list[str]:
    tops = {name.split("/")[0] for name in files if "/" in name}
    singles = {
        name.split(".")[0]
        for name in files
        if "/" not in name and name.endswith((".py", ".pyc", ".so"))
    }
    return sorted(singles | {top for top in tops if top.isidentifier()})


def requirements(folder: Path) -> str:
    """What the lock says, as pip reads it: each package with the hashes of its files."""
    return _uv(
        [
            *_words("export --frozen --no-emit-project --no-dev --no-header --no-annotate"),
            *("--format", "requirements-txt", "--project", str(folder)),
        ],
        f"cannot read the lock of dependency set {folder.name!r}",
    )


def install_with_uv(folder: Path, target: Target, into: Path) -> None:
    """Installs what the lock says for the target; nothing is resolved or built."""
    listed = into.with_suffix(".txt")
    listed.write_text(requirements(folder))
    platform = target.wheel_platform
    try:
        _uv(
            [
                *_words("pip install --require-hashes --no-deps --only-binary :all:"),
                *("--target", str(into), "--requirement", str(listed)),
                *("--python", sys.executable, "--python-version", target.python),
                *(("--python-platform", platform) if platform else ()),
            ],
            f"cannot install dependency set {folder.name!r} for {target.describe()}; every package "
            "needs a wheel for it, since nothing is built",
        )
    finally:
        listed.unlink()


def _words(text: str) -> list[str]:
    return text.split()


def _uv(arguments: list[str], failure: str) -> str:
    with tempfile.TemporaryDirectory(prefix="pilaster-") as scratch:
        done = subprocess.run(
            [find_uv_bin(), "--quiet", "--no-progress", *arguments],
            env={**os.environ, "TMPDIR": scratch},  # uv leaves its lock files there
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise PackagingError(f"{failure}; uv says:\n{done.stderr.strip()}")
    return done.stdout
