"""Assets and archives get their hash from the engine: it is how a change of content is seen."""

from __future__ import annotations

import hashlib
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pilaster_local.engine import tarred
from pilaster_local.engine.errors import RefusedError, RegistrationError
from pilaster_local.engine.statefile import replace_file
from pilaster_local.engine.values import ARCHIVE, ASSET, SIGNATURE, Properties, Value, transform

_WHOLE = (".zip", ".jar", ".tar", ".tgz", ".tar.gz")
"""A packed archive is hashed as the bytes it is, as Pulumi does; what is not packed, as a tar."""


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
    if "text" in signed:
        return {**signed, "hash": hashlib.sha256(signed["text"].encode()).hexdigest()}
    try:
        if "assets" in signed:
            inner = {
                name: _hashed(item, urn, folder, hashes) for name, item in signed["assets"].items()
            }
            digest = tarred.digest(_members(signed, folder))
            return {**signed, "assets": inner, "hash": digest}
        path = folder / signed["path"]
        return {**signed, "hash": _hash_of(path, hashes, archive=signed[SIGNATURE] == ARCHIVE)}
    except OSError as error:
        raise RegistrationError(
            urn, f"cannot read the file {_named(signed, error)!r} it names: {error.strerror}"
        ) from error


def _named(signed: dict[str, Value], error: OSError) -> str:
    return signed.get("path") or error.filename or ""


def _hash_of(path: Path, hashes: Hashes, *, archive: bool) -> str:
    if not archive or path.name.endswith(_WHOLE):
        return hashes.of(path)
    return tarred.digest(tarred.members_of(path))


def _members(signed: dict[str, Value], folder: Path) -> Iterator[tarred.Member]:
    """What is in an archive that is put together, archives inside of it laid open."""
    for name in sorted(signed["assets"], key=str.encode):
        item = signed["assets"][name]
        if "assets" in item:
            inner = _members(item, folder)
        elif "text" in item:
            inner = iter([tarred.Member("", item["text"].encode())])
        elif item[SIGNATURE] == ARCHIVE:
            path = folder / item["path"]
            inner = _unpacked(path) if path.name.endswith(_WHOLE) else tarred.members_of(path)
        else:
            inner = iter([tarred.Member("", (folder / item["path"]).read_bytes())])
        for member in inner:
            whole = f"{name}/{member.name}" if member.name else name
            yield tarred.Member(whole, member.content)


def _unpacked(path: Path) -> Iterator[tarred.Member]:
    if path.name.endswith((".zip", ".jar")):
        with zipfile.ZipFile(path) as packed:
            for entry in packed.infolist():
                if not entry.is_dir():
                    yield tarred.Member(entry.filename, packed.read(entry))
        return
    with tarfile.open(path) as packed:
        for entry in packed:
            if entry.isfile() and (file := packed.extractfile(entry)):
                yield tarred.Member(entry.name, file.read())
