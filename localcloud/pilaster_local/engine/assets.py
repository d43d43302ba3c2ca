"""Assets and archives get their hash from the engine: it is how a change of content is seen."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import suppress
from pathlib import Path

from pilaster_local.engine.errors import RefusedError, RegistrationError
from pilaster_local.engine.statefile import replace_file
from pilaster_local.engine.values import ARCHIVE, ASSET, SIGNATURE, Properties, Value, transform

_WHOLE = (".zip", ".jar", ".tar", ".tgz", ".tar.gz")
"""A packed archive is hashed as the bytes it is, as Pulumi does; a folder by names and contents."""


class Hashes:
    """The hashes of files, remembered for as long as the file is the same one and untouched.

    A stack's archives may be some hundred megabytes, which would be read anew by every run.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known: dict[str, list[int | str]] = _remembered(memory)
        self._lock = threading.Lock()
        self._used: set[str] = set()
        self._news = False

    def of(self, path: Path) -> str:
        status = path.stat()
        now: list[int | str] = [status.st_ino, status.st_size, status.st_mtime_ns]
        name = str(path)
        with self._lock:
            self._used.add(name)
            known = self._known.get(name)
        if known and known[:-1] == now:
            return str(known[-1])
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with self._lock:
            self._known[name] = [*now, digest]
            self._news = True
        return digest

    def save(self) -> None:
        """Remember what is new; what is no longer there is forgotten with it."""
        if self._news:
            there = {n: k for n, k in self._known.items() if n in self._used or Path(n).exists()}
            with suppress(OSError):  # a full disk costs the next run some time, and nothing else
                replace_file(self._memory, json.dumps(there))


def _remembered(memory: Path) -> dict[str, list[int | str]]:
    try:
        return json.loads(memory.read_text())
    except (OSError, ValueError):
        return {}


def with_hashes(properties: Properties, *, urn: str, folder: Path, hashes: Hashes) -> Properties:
    """The properties with the SHA-256 of every asset and archive in them."""

    def visit(signed: dict[str, Value]) -> Value:
        if signed[SIGNATURE] in (ASSET, ARCHIVE):
            return _hashed(signed, urn, folder, hashes)
        if "value" in signed:
            return {**signed, "value": transform(signed["value"], visit)}
        return signed

    return {key: transform(value, visit) for key, value in properties.items()}


def _hashed(signed: dict[str, Value], urn: str, folder: Path, hashes: Hashes) -> Value:
    if "uri" in signed:
        raise RefusedError(
            f"a remote asset ({signed['uri']!r}) in {urn}", "download it and use a file"
        )
    if "assets" in signed:
        inner = {
            name: _hashed(item, urn, folder, hashes) for name, item in signed["assets"].items()
        }
        digest = _digest({name: item["hash"].encode() for name, item in inner.items()})
        return {**signed, "assets": inner, "hash": digest}
    if "text" in signed:
        return {**signed, "hash": hashlib.sha256(signed["text"].encode()).hexdigest()}
    path = folder / signed["path"]
    try:
        return {**signed, "hash": _hash_of(path, hashes, archive=signed[SIGNATURE] == ARCHIVE)}
    except OSError as error:
        raise RegistrationError(
            urn, f"cannot read the file {signed['path']!r} it names: {error.strerror}"
        ) from error


def _hash_of(path: Path, hashes: Hashes, *, archive: bool) -> str:
    if not archive or path.name.endswith(_WHOLE):
        return hashes.of(path)
    files = sorted(p for p in path.rglob("*") if p.is_file() and ".pulumi" not in p.parts)
    if not path.is_dir():
        raise OSError(0, "neither a folder nor a .zip, .jar, .tar or .tgz")
    return _digest({str(p.relative_to(path)): p.read_bytes() for p in files})


def _digest(members: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(members):
        for part in (name.encode(), members[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
