"""The secret store that stands in for Secret Manager and Key Vault: a private file for each value.

A program makes a secret's place alone; its value comes by hand (`pilaster secret set`). It is in no
state, no settings and no log, and goes with the stack's folder. Values are not encrypted on disk:
whoever is this user reads them, and nobody else.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from pathlib import Path

from pilaster_local.services.errors import PlatformError
from pilaster_local.services.record import write_private

FILE = "value"
"""What the newest version is called in its secret's folder."""
LONGEST_BYTES = 25 * 1024
"""Azure's limit; Google's is 64 KiB."""
_NAME = re.compile(r"[0-9A-Za-z_-]{1,255}(/[0-9A-Za-z_-]{1,255})?")


class Store:
    """One stack's. Secrets go by `NAME`, or `VAULT/NAME` where there are vaults."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, value: str) -> None:
        """A new version, which takes the former's place. Raises PlatformError, without the value,
        where it is none that a file and a variable can hold."""
        size = len(value.encode())
        if not 0 < size <= LONGEST_BYTES or "\0" in value:
            raise PlatformError(
                f"that is no value of secret {name!r}: it has {size} bytes, and 1 to "
                f"{LONGEST_BYTES} are taken, none of them zero"
            )
        folder = self.folder_of(name)
        for each in (self._folder, folder.parent, folder):
            each.mkdir(mode=0o700, exist_ok=True)
        write_private(folder / FILE, value)

    def stored(self) -> list[str]:
        """The names of those that have a value."""
        files = (each for each in self._folder.rglob(FILE) if each.is_file())
        return sorted(str(each.parent.relative_to(self._folder)) for each in files)

    def keep(self, known: Collection[str]) -> None:
        """Delete what is of none of these secrets or vaults: it went with them."""
        for each in self._folder.glob("*"):
            if each.name not in known:
                shutil.rmtree(each)

    def value(self, name: str) -> str:
        """The newest version. Raises PlatformError where there is none."""
        try:
            return (self.folder_of(name) / FILE).read_bytes().decode()
        except FileNotFoundError:
            raise PlatformError(f"secret {name!r} has no value") from None

    def changed(self, name: str) -> int | None:
        """When the newest version came, in nanoseconds; None where there is none."""
        try:
            return (self.folder_of(name) / FILE).stat().st_mtime_ns
        except FileNotFoundError:
            return None

    def folder_of(self, name: str) -> Path:
        """Where its newest version lies, as the file `value` alone."""
        if not _NAME.fullmatch(name):
            raise PlatformError(f"{name!r} is no name of a secret")
        return self._folder / name


def no_value(whose: str, name: str, stack: str) -> PlatformError:
    """What is said where a secret that somebody is to read has no value yet."""
    return PlatformError(
        f"{whose} reads secret {name!r}, which has no value on this machine yet: store one with "
        f"`pilaster secret set {name} --stack {stack}`, then run `pilaster up --stack {stack}` "
        "again"
    )
