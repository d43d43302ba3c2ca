"""Assets and archives get their hash from the engine: it is how a change of content is seen."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from pilaster_local.engine.errors import RefusedError, RegistrationError
from pilaster_local.engine.values import ARCHIVE, ASSET, SIGNATURE, Properties, Value, transform

_WHOLE = (".zip", ".jar", ".tar", ".tgz", ".tar.gz")
"""A packed archive is hashed as the bytes it is, as Pulumi does; a folder by names and contents."""


def with_hashes(properties: Properties, *, urn: str, folder: Path) -> Properties:
    """The properties with the SHA-256 of every asset and archive in them."""

    def visit(signed: dict[str, Value]) -> Value:
        if signed[SIGNATURE] in (ASSET, ARCHIVE):
            return _hashed(signed, urn, folder)
        if "value" in signed:
            return {**signed, "value": transform(signed["value"], visit)}
        return signed

    return {key: transform(value, visit) for key, value in properties.items()}


def _hashed(signed: dict[str, Value], urn: str, folder: Path) -> Value:
    if "uri" in signed:
        raise RefusedError(
            f"a remote asset ({signed['uri']!r}) in {urn}", "download it and use a file"
        )
    if "assets" in signed:
        inner = {name: _hashed(item, urn, folder) for name, item in signed["assets"].items()}
        digest = _digest({name: item["hash"].encode() for name, item in inner.items()})
        return {**signed, "assets": inner, "hash": digest}
    if "text" in signed:
        return {**signed, "hash": hashlib.sha256(signed["text"].encode()).hexdigest()}
    path = folder / signed["path"]
    try:
        return {**signed, "hash": _hash_of(path, archive=signed[SIGNATURE] == ARCHIVE)}
    except OSError as error:
        raise RegistrationError(
            urn, f"cannot read the file {signed['path']!r} it names: {error.strerror}"
        ) from error


def _hash_of(path: Path, *, archive: bool) -> str:
    if not archive or path.name.endswith(_WHOLE):
        status = path.stat()
        return _file_hash(path, status.st_ino, status.st_size, status.st_mtime_ns)
    files = sorted(p for p in path.rglob("*") if p.is_file() and ".pulumi" not in p.parts)
    if not path.is_dir():
        raise OSError(0, "neither a folder nor a .zip, .jar, .tar or .tgz")
    return _digest({str(p.relative_to(path)): p.read_bytes() for p in files})


@functools.lru_cache(maxsize=512)
def _file_hash(path: Path, _inode: int, _size: int, _modified: int) -> str:
    """Asked for twice in every registration, before and after the check."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(members: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(members):
        for part in (name.encode(), members[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
