"""Landlock: a process gives up files and TCP ports for good, without namespaces or privileges.

Weaker than namespaces: UDP, process ids and Unix sockets (see seccomp.py) stay visible. Copied
beside the runtime, so that a function's process can bind itself; it imports nothing of Pilaster.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_PATH_BENEATH, _NET_PORT = 1, 2
_NO_NEW_PRIVILEGES = 38
_EXECUTE, _READ_FILE, _READ_FOLDER = 1, 4, 8
_READ = _READ_FILE | _READ_FOLDER
_CONNECT_TCP = 2
_BIND_TCP = 1
HOLDS_TCP = 4
"""The version from which on it holds ports as well as files."""
# Every right of a file system up to the fifth version of the interface.
_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_NOT_FOR_FILES = _READ_FOLDER | 0x1FF0 | 0x2000


def version() -> int:
    """The kernel's version of the interface; 0: it has none, or does not let us."""
    try:
        return max(0, ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, 1))
    except (OSError, AttributeError):
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str], ports: Iterable[int]) -> None:
    """From here on this process reads, writes and connects to these and nothing else."""
    libc = ctypes.CDLL(None, use_errno=True)
    known = version()
    files = _RIGHTS[min(known, 5)]
    network = (_BIND_TCP | _CONNECT_TCP) if known >= HOLDS_TCP else 0
    attributes = struct.pack("QQ", files, network) if network else struct.pack("Q", files)
    rules = _checked(libc, libc.syscall(_CREATE, attributes, len(attributes), 0))
    for paths, rights in ((readable, _READ | _EXECUTE), (writable, files)):
        for path in paths:
            folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
            allowed = rights if os.path.isdir(path) else rights & ~_NOT_FOR_FILES
            rule = struct.pack("=Qi", allowed & files, folder)
            _checked(libc, libc.syscall(_ADD, rules, _PATH_BENEATH, rule, 0))
            os.close(folder)
    if network:
        for port in ports:
            rule = struct.pack("QQ", _CONNECT_TCP, port)
            _checked(libc, libc.syscall(_ADD, rules, _NET_PORT, rule, 0))
    _checked(libc, libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(libc, libc.syscall(_RESTRICT, rules, 0))
    os.close(rules)


def _checked(libc: ctypes.CDLL, answer: int) -> int:
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), "landlock")
    return answer
