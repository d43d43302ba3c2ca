"""A function's archive as bytes. What comes as a .zip file goes up as it is; folders and parts are
zipped."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pulumi

from pilaster_local.providers.aws.values import UNKNOWN

_EARLIEST = (1980, 1, 1, 0, 0, 0)


class ArchiveMissingError(Exception):
    """The archive's bytes are asked for and not there."""


def content(archive: Any) -> bytes:
    """The zip file that Lambda is sent."""
    if isinstance(archive, pulumi.FileArchive):
        path = Path(archive.path)
        if path.is_dir():
            files = {str(f.relative_to(path)): f for f in path.rglob("*") if f.is_file()}
            return _zipped({name: file.read_bytes() for name, file in files.items()})
        if path.is_file():
            return path.read_bytes()
        raise ArchiveMissingError(f"no archive at {archive.path!r}; build the package first")
    if isinstance(archive, pulumi.AssetArchive):
        return _zipped({name: _asset(name, part) for name, part in archive.assets.items()})
    raise ArchiveMissingError(
        f"a {type(archive).__name__} cannot be read here; use a FileArchive of a .zip file"
    )


def digest(archive: Any) -> str | None:
    """What tells one archive from another, as Lambda's CodeSha256; None where the bytes are not
    here.

    On diff, update and read an archive may arrive as a bare signature, without path or content.
    """
    if archive is UNKNOWN:
        return None
    try:
        return base64.b64encode(hashlib.sha256(content(archive)).digest()).decode()
    except ArchiveMissingError:
        return None


def _asset(name: str, part: Any) -> bytes:
    if isinstance(part, pulumi.FileAsset):
        return Path(part.path).read_bytes()
    if isinstance(part, pulumi.StringAsset):
        return part.text.encode()
    raise ArchiveMissingError(f"part {name!r} is a {type(part).__name__}; use a file or a string")


def _zipped(files: dict[str, bytes]) -> bytes:
    """The same files give the same bytes: sorted, one date, one mode."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return buffer.getvalue()
