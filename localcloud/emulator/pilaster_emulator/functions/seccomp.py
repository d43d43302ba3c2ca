"""A process gives up Unix sockets for good: Landlock does not hold them, and the databases trust
whoever reaches theirs. A pair of connected sockets may still be made.

Copied beside the runtime, like landlock.py; it imports nothing of Pilaster.
"""

import ctypes
import os
import struct

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
# The kernel's name of an architecture, and its number of `socket`.
_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
# It makes sockets without that call.
_IO_URING_SETUP = 425
# Another set of numbers for the same calls on x86_64.
_X32 = 0x40000000
_UNIX = 1
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | 13
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16


def works() -> bool:
    """Whether this machine's architecture is known here."""
    return os.uname().machine in _ARCHITECTURES


def refuse_unix_sockets() -> None:
    """From here on, for this process and all it starts, they are refused with EACCES."""
    architecture, make_socket = _ARCHITECTURES[os.uname().machine]
    # (code, argument, how many to skip if so, how many if not); the last line is the refusal.
    program = [
        (_LOAD, _ARCHITECTURE, 0, 0),
        (_EQUAL, architecture, 0, 7),
        (_LOAD, _NUMBER, 0, 0),
        (_AT_LEAST, _X32, 5, 0),
        (_EQUAL, _IO_URING_SETUP, 4, 0),
        (_EQUAL, make_socket, 0, 2),
        (_LOAD, _FIRST_ARGUMENT, 0, 0),
        (_EQUAL, _UNIX, 1, 0),
        (_RETURN, _ALLOW, 0, 0),
        (_RETURN, _DENY, 0, 0),
    ]
    lines = b"".join(struct.pack("=HBBI", code, yes, no, k) for code, k, yes, no in program)
    held = ctypes.create_string_buffer(lines, len(lines))
    given = struct.pack("@HP", len(program), ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((_NO_NEW_PRIVILEGES, 1, 0, 0, 0), (_SET_SECCOMP, _FILTER, given, 0, 0)):
        if libc.prctl(*arguments) < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), "seccomp")
