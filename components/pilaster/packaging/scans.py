"""A memo of what modules ask for."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from pilaster.packaging.kept import replacing
from pilaster.packaging.source import Import, Source, read

FORMAT = "2"


class Scans:
    """What modules ask for, kept by the hash of their text: parsing is most of the work."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, Source] = {}
        self.grown = False
        try:
            kept = json.loads(path.read_text())
            if kept["recipe"] == FORMAT:
                self.known = {digest: _source(each) for digest, each in kept["scans"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            pass  # a memo: without it the modules are read again

    @classmethod
    def at(cls, path: Path) -> "Scans":
        """The memo kept there, read once by a process that packages many functions."""
        return _opened(path.absolute())

    def __call__(self, text: bytes, name: str) -> Source:
        digest = hashlib.sha256(text).hexdigest()
        if digest not in self.known:
            self.known[digest] = read(text, name)
            self.grown = True
        return self.known[digest]

    def save(self) -> None:
        if self.grown:
            scans = {digest: asdict(each) for digest, each in self.known.items()}
            # A memo: where it cannot be written the modules are read again.
            with suppress(OSError), replacing(self.path) as new:
                new.write_text(json.dumps({"recipe": FORMAT, "scans": scans}, sort_keys=True))
            self.grown = False


@cache
def _opened(path: Path) -> Scans:
    return Scans(path)


def _source(kept: dict[str, Any]) -> Source:
    imports = [Import(**each) for each in kept["imports"]]
    return Source(imports=imports, data_files=kept["data_files"], handler=kept["handler"])
