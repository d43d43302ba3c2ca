"""The hash of an archive that is a folder or is put together: as the official engine makes it.

It writes the members into a tar archive of its own kind and hashes that, so this is Go's
`archive/tar` for regular files of mode 600 without owner and time (sdk/go/common/resource/archive).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from posixpath import join, split
from typing import NamedTuple

_BLOCK = 512
_BOOKKEEPING = ".pulumi"
_NAME, _PREFIX = 100, 155


class Member(NamedTuple):
    name: str
    content: bytes


def digest(members: Iterator[Member]) -> str:
    """The hash of an archive with these members; of two with one name only the first is in it."""
    hashed = hashlib.sha256()
    seen: set[str] = set()
    for name, content in members:
        if name not in seen:
            seen.add(name)
            hashed.update(_headers(name, len(content)))
            hashed.update(_padded(content))
    hashed.update(bytes(2 * _BLOCK))
    return hashed.hexdigest()


def members_of(folder: Path) -> Iterator[Member]:
    """The files of a folder in the order of Go's `filepath.Walk`; links are followed to files."""
    if not folder.is_dir():
        raise OSError(0, "neither a folder nor a .zip, .jar, .tar or .tgz")
    for path in _walked(folder):
        yield Member(path.relative_to(folder).as_posix(), path.read_bytes())


def _walked(folder: Path) -> Iterator[Path]:
    # Go compares names as bytes.
    for path in sorted(folder.iterdir(), key=lambda p: os.fsencode(p.name)):
        if path.name == _BOOKKEEPING:
            continue
        if not path.is_dir():
            yield path
        elif not path.is_symlink():
            yield from _walked(path)


def _headers(name: str, size: int) -> bytes:
    if name.isascii() and (parts := _parted(name)):
        prefix, rest = parts
        return _header(rest.encode(), size, prefix=prefix.encode())
    record = _record("path", name)
    folder, file = split(name)
    extended = _ascii(join(folder, "PaxHeaders.0", file))[:_NAME].rstrip(b"/")
    announced = _header(extended, len(record), mode=0, flag=b"x", has_devices=False)
    return announced + _padded(record) + _header(_ascii(name)[:_NAME], size)


def _parted(name: str) -> tuple[str, str] | None:
    """Prefix and name of the old format; None where it has no room for them."""
    if len(name) <= _NAME:
        return "", name
    end = min(len(name), _PREFIX + 1)
    at = name.rfind("/", 0, end - 1 if name.endswith("/") else end)
    rest = len(name) - at - 1
    return None if at <= 0 or rest > _NAME or rest == 0 else (name[:at], name[at + 1 :])


def _header(
    name: bytes,
    size: int,
    *,
    prefix: bytes = b"",
    mode: int = 0o600,
    flag: bytes = b"0",
    has_devices: bool = True,
) -> bytes:
    device = b"0000000\0" if has_devices else bytes(8)
    before = name.ljust(_NAME, b"\0") + b"%07o\0" % mode + 2 * b"0000000\0" + b"%011o\0" % size
    before += b"00000000000\0"
    after = flag + bytes(100) + b"ustar\x0000" + bytes(64) + 2 * device
    after += prefix.ljust(_PREFIX, b"\0") + bytes(12)
    checksum = sum(before) + sum(after) + 8 * ord(" ")
    return before + b"%06o\0 " % checksum + after


def _record(key: str, value: str) -> bytes:
    """`length key=value`, where the length counts its own digits."""
    rest = len(f" {key}={value}\n".encode())
    size = rest + len(str(rest))
    if rest + len(str(size)) != size:
        size = rest + len(str(size))
    return f"{size} {key}={value}\n".encode()


def _ascii(text: str) -> bytes:
    return bytes(ord(c) for c in text if "\0" < c < "\x80")


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % _BLOCK)
