"""What Cloud Functions builds a function from: the import closure, locked requirements, `main.py`.

Google installs the dependencies itself, on its own machine: what goes there is their lock, with a
hash for each file it may take. `main.py`, which its runtime loads, is written here and imports the
entry point. The same content has the same bytes, in whatever folder and at whatever time.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pilaster.packaging import archive, dependencies, kept, standard
from pilaster.packaging.build import Code
from pilaster.packaging.closure import Closure, closure
from pilaster.packaging.error import PackagingError
from pilaster.packaging.scans import Scans

RECIPE = "1"
"""Part of every key: raised when archives are made otherwise than before."""
MAIN = "main.py"
REQUIREMENTS = "requirements.txt"
ENTRY_POINT = "handler"
"""What Google is told to call in `main.py`."""
FRAMEWORK = "functions-framework"
"""Google installs the newest if the lock has none: what runs there would be nobody's choice."""

Export = Callable[[Path], str]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source archive, ready to be stored."""

    path: Path
    """Where the archive lies."""
    key: str
    """SHA-256 over what is in it: its name in the bucket, which decides whether a function changed.
    """
    zipped_bytes: int
    """The archive's size."""
    seconds: float | None = field(default=None, compare=False)
    """How long it took to make; None for one that was at hand."""


def source(
    code: Code,
    python: str,
    *,
    root: Path,
    cache: Path,
    export: Export = dependencies.requirements,
) -> Source:
    """The source archive of that code for that Python, from the cache if nothing changed."""
    if code.dependencies is None:
        raise PackagingError(
            f"{code.entry_point}: name a dependency set: {FRAMEWORK} at the least, which serves it"
        )
    top = code.entry_point.partition(".")[0]
    folder = dependencies.folder_of(code.dependencies, root, top)
    scans = Scans.at(cache / "scans.json")
    own = closure(code.entry_point, root, scans, standard.modules(python))
    scans.save()
    start = time.monotonic()
    lock = (folder / "uv.lock").read_bytes()
    parts = (RECIPE, python, code.entry_point, own.digest(), hashlib.sha256(lock).hexdigest())
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    path = cache / "google" / kept.file_name(code.entry_point, key, None)
    if kept.whole(path):
        kept.used(path)
        return Source(path=path, key=key, zipped_bytes=path.stat().st_size)
    try:
        _write(path, files(code, own, export(folder)))
    except OSError as error:
        raise PackagingError(
            f"{code.entry_point}: cannot be packaged in {cache}: {error.strerror or error}"
        ) from error
    kept.sweep(path.parent, f"{code.entry_point}-*.zip", kept.KEEP_SECONDS, but=path)
    kept.sweep(path.parent, ".*.zip-*", kept.STALE_SECONDS)
    took = time.monotonic() - start
    return Source(path=path, key=key, zipped_bytes=path.stat().st_size, seconds=took)


def files(code: Code, own: Closure, requirements: str) -> Mapping[str, bytes]:
    """The archive's files by their names."""
    if not any(line.startswith(f"{FRAMEWORK}==") for line in requirements.splitlines()):
        raise PackagingError(
            f"dependency set {code.dependencies!r} has no {FRAMEWORK}: add it and lock again, or "
            "Google installs one that no test has seen"
        )
    main = (
        f'"""Written by Pilaster. Cloud Functions loads it and calls `{ENTRY_POINT}`."""\n\n'
        f"from {code.entry_point} import {ENTRY_POINT}\n\n"
        f'__all__ = ["{ENTRY_POINT}"]\n'
    )
    made = {MAIN: main.encode(), REQUIREMENTS: requirements.encode()}
    if clash := made.keys() & own.files.keys():
        raise PackagingError(f"{sorted(clash)[0]} is written here: the project may have none")
    return dict(sorted({**own.files, **made}.items()))


def _write(path: Path, content: Mapping[str, bytes]) -> None:
    archive.write(path, [(name, lambda text=text: text) for name, text in content.items()])
