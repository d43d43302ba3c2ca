"""Archives in the cache: what they are called, whether they are whole, how long they stay.

The cache is a convenience: where it may be read and not written, what is in it is used as it is.
"""

import os
import re
import tempfile
import time
import zipfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

KEEP_SECONDS = 14 * 24 * 3600
DAY_SECONDS = 86_400
STALE_SECONDS = 3600
"""No packaging takes that long: what is older was left by one that was killed."""

_COMPILED = re.compile(r"-[0-9a-f]{16}-([^-]+)\.zip$")


def file_name(of: str, key: str, bytecode: str | None) -> str:
    """What an archive's file is called: one key's bytes differ by who compiled them."""
    return f"{of}-{key[:16]}{f'-{bytecode}' if bytecode else ''}.zip"


def compiled_by(path: Path) -> str | None:
    """The interpreter version in an archive's name."""
    found = _COMPILED.search(path.name)
    return found[1] if found else None


def whole(path: Path) -> bool:
    """Whether an archive is there up to its end, where its directory is.

    It takes its name only once it is written, but a machine that loses its power may have noted the
    name and not yet the content. Appending to such a file would lose what it held without a word.
    """
    return zipfile.is_zipfile(path)


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A new file that takes the place of `path` when it is whole; two writers never mix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def used(path: Path) -> None:
    """Keeps it from being swept. Once a day: whoever remembers files by their times is spared."""
    if time.time() - path.stat().st_mtime > DAY_SECONDS:
        with suppress(OSError):  # somebody else's, or read-only: nobody sweeps it for us either
            os.utime(path)


def sweep(folder: Path, pattern: str, seconds: float, *, but: Path | None = None) -> None:
    """Removes files of that name which nobody has used for so long."""
    for old in folder.glob(pattern):
        with suppress(OSError):  # somebody else's, or another process was faster
            if old != but and old.is_file() and time.time() - old.stat().st_mtime > seconds:
                old.unlink()
