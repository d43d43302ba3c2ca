"""Zip archives with the same bytes wherever they are written.

Dates, modes, system and order are fixed. Members are deflated: stored ones would not depend on the
zlib at hand, but Lambda takes 50 MB directly and the local cloud keeps every archive in memory;
what decides whether a function changed is the content key, never the bytes. How hard they are
deflated is part of the target: what goes nowhere but this machine is written three times as fast.
"""

import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from pilaster.packaging.kept import replacing

_DATE = (1980, 1, 1, 0, 0, 0)
_FILE = 0o100644 << 16  # Lambda runs as a user of its own: everybody must be able to read
_UNIX = 3
LEVEL = 6
QUICK = 1
"""Half the first run's packaging would be spent on the last tenth of the size."""


def write(
    path: Path,
    members: Iterable[tuple[str, Callable[[], bytes]]],
    *,
    level: int = LEVEL,
    onto: Path | None = None,
) -> None:
    """An archive of the members, in their order, after those of the archive `onto`.

    The members of `onto` are copied as they are: the dependencies of ten functions are compressed
    once, not ten times.
    """
    with replacing(path) as new:
        if onto:
            shutil.copyfile(onto, new)
        with zipfile.ZipFile(new, "a" if onto else "w") as archive:
            for name, content in members:
                info = zipfile.ZipInfo(name, _DATE)
                info.create_system = _UNIX
                info.external_attr = _FILE
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, content(), compresslevel=level)
