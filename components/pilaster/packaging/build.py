"""Packages: an entry point's import closure and its locked dependencies, addressed by content.

The key says what goes in and with which target, not who compiled it: a machine with an interpreter
of the target's version and one without agree on whether a function changed. The archive's file is
named after both, so an interpreter that appears later makes it anew.
"""

import base64
import hashlib
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pilaster.packaging import archive, bytecode, dependencies, kept, standard
from pilaster.packaging.bytecode import Compiler, Find
from pilaster.packaging.closure import Closure, closure
from pilaster.packaging.dependencies import Dependencies, Install, install_with_uv
from pilaster.packaging.error import PackagingError
from pilaster.packaging.layout import LAMBDA, Layout
from pilaster.packaging.scans import Scans
from pilaster.packaging.target import Target

RECIPE = "2"
"""Part of every key: raised when packages are made otherwise than before."""

DIRECT_UPLOAD_LIMIT = 50 * 1024 * 1024
"""The largest archive Lambda takes without a bucket in between."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """Which code a function runs."""

    entry_point: str
    """The module with the `handler`, dotted: `lambdas.documents.aws.api.create`."""
    dependencies: str | None = None
    """The dependency set beside the handlers; none says the standard library is enough."""

    @property
    def handler(self) -> str:
        """The entry point in Lambda's words."""
        return f"{self.entry_point.replace('.', '/')}.handler"


@dataclass(frozen=True, kw_only=True)
class Package:
    """An archive, ready to be sent up."""

    path: Path
    """Where the archive lies."""
    key: str
    """SHA-256 over what it is made of: files, lock, target and recipe."""
    zipped_bytes: int
    """The archive's size."""
    bytecode: str | None = None
    """The Python that compiled it, its whole version; None where none of the target's was there."""
    seconds: float | None = field(default=None, compare=False)
    """How long it took to make; None for one that was at hand."""

    @property
    def sha256_base64(self) -> str:
        """The key as Lambda's `sourceCodeHash`: it decides whether the function changed."""
        return base64.b64encode(bytes.fromhex(self.key)).decode()

    def uncompiled(self) -> list[str]:
        """Its modules without bytecode: all, or those of others that do not compile."""
        with zipfile.ZipFile(self.path) as packed:
            names = packed.namelist()
        compiled = {
            f"{name.replace('__pycache__/', '').rpartition('.cpython-')[0]}.py"
            for name in names
            if name.endswith(".pyc")
        }
        return sorted(name for name in names if name.endswith(".py") and name not in compiled)


def build(
    code: Code,
    target: Target,
    *,
    root: Path,
    cache: Path,
    layout: Layout = LAMBDA,
    install: Install = install_with_uv,
    find: Find = bytecode.find,
) -> Package:
    """The package of that code for that target, from the cache if nothing changed."""
    scans = Scans.at(cache / "scans.json")
    own = closure(code.entry_point, root, scans, standard.modules(target.python))
    scans.save()
    folder = (
        dependencies.folder_of(code.dependencies, root, code.entry_point.split(".")[0])
        if code.dependencies
        else None
    )
    lock = dependencies.key_of(folder, target, layout.below) if folder else ""
    parts = [RECIPE, target.describe(), own.digest(), lock]
    parts += [layout.name] if layout.name else []
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    path = _with_bytecode(cache, code, key)
    compiler = None
    if path is None:
        compiler = find(target.python)
        version = compiler.version if compiler else None
        path = cache / kept.file_name(code.entry_point, key, version)
    took: float | None = None
    if kept.whole(path):
        kept.used(path)
    else:
        start = time.monotonic()
        try:
            foreign = (
                dependencies.installed(
                    folder,
                    lock,
                    target,
                    cache=cache,
                    install=install,
                    compiler=compiler,
                    below=layout.below,
                )
                if folder
                else None
            )
            _make(path, code, target, own, foreign, compiler, layout)
        except OSError as error:
            raise PackagingError(
                f"{code.entry_point}: cannot be packaged in {cache}: {error.strerror or error}"
            ) from error
        took = time.monotonic() - start
    return Package(
        path=path,
        key=key,
        zipped_bytes=path.stat().st_size,
        bytecode=kept.compiled_by(path),
        seconds=took,
    )


def _make(
    path: Path,
    code: Code,
    target: Target,
    own: Closure,
    foreign: Dependencies | None,
    compiler: Compiler | None,
    layout: Layout,
) -> None:
    _check_imports(code, target, own, foreign)
    added = layout.files(code.entry_point)
    files = dict(sorted({**own.files, **_compiled(own, target, compiler), **added}.items()))
    _check_size(code, files, foreign, layout.unpacked_limit)
    members = [(name, lambda content=content: content) for name, content in files.items()]
    archive.write(path, members, level=target.level, onto=foreign.archive if foreign else None)
    kept.sweep(path.parent, f"{code.entry_point}-*.zip", kept.KEEP_SECONDS, but=path)
    kept.sweep(path.parent, ".*.zip-*", kept.STALE_SECONDS)


def _with_bytecode(cache: Path, code: Code, key: str) -> Path | None:
    """The archive in the cache that has some, whichever patch release made it."""
    there = cache.glob(kept.file_name(code.entry_point, key, "*"))
    return max(filter(kept.whole, there), default=None)


def _compiled(own: Closure, target: Target, compiler: Compiler | None) -> Mapping[str, bytes]:
    """The bytecode of the project's own modules, by its name in the archive."""
    if compiler is None:
        return {}
    sources = [name for name in own.files if name.endswith(".py")]
    with tempfile.TemporaryDirectory(prefix="pilaster-") as scratch:
        folder = Path(scratch)
        for name in sources:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(own.files[name])
        failed = bytecode.compiled(compiler, folder, sources)
        if failed:
            listed = "; ".join(f"{name}: {why}" for name, why in failed.items())
            raise PackagingError(f"does not compile with Python {target.python}: {listed}")
        made = {
            name: (folder / name).read_bytes()
            for name in (bytecode.beside(each, target.python) for each in sources)
        }
    for name, content in made.items():
        bytecode.check(name, content, target.python)
    return made


def _check_imports(code: Code, target: Target, own: Closure, foreign: Dependencies | None) -> None:
    there = set(foreign.modules) if foreign else set[str]()
    top = code.entry_point.partition(".")[0]
    for module, where in sorted(own.foreign.items()):
        if module not in there:
            if code.dependencies:
                fix = f"add it to {top}/{dependencies.FOLDER}/{code.dependencies} and lock again"
            else:
                fix = "name a dependency set that has it"
            if module in sys.stdlib_module_names:
                fix = f"Python {target.python} does not bring it (the one that runs here does)"
            raise PackagingError(
                f"{where}: imports {module!r}, which {code.entry_point} is not packaged with: {fix}"
            )


def _check_size(
    code: Code, files: Mapping[str, bytes], foreign: Dependencies | None, limit: int | None
) -> None:
    sizes: Mapping[str, int] = foreign.sizes if foreign else {}
    ours = sum(map(len, files.values()))
    total = sum(sizes.values()) + ours
    if limit is not None and total > limit:
        largest = sorted({**sizes, "own files": ours}.items(), key=lambda item: -item[1])[:5]
        listed = ", ".join(f"{name} {size / 2**20:.0f} MB" for name, size in largest)
        raise PackagingError(
            f"{code.entry_point} unpacks to {total / 2**20:.0f} MB and Lambda takes "
            f"{limit // 2**20}: the largest parts are {listed}"
        )
