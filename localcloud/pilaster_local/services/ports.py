"""Which ports of the loopback address to use: last time's, the usual one, or any that is free."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection

LOOPBACK = "127.0.0.1"
_FIRST, _LAST = 20_000, 32_000


def is_free(port: int) -> bool:
    """Whether a server could listen there. A connection that is closing does not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(*wanted: int | None, taken: Collection[int] = ()) -> int:
    """The first of `wanted` that is free and not in `taken`, else any that is."""
    for port in wanted:
        if port is not None and port not in taken and is_free(port):
            return port
    while True:
        # Below those the system lends to outgoing connections: it will be free at the next start.
        port = random.randrange(_FIRST, _LAST)
        if port not in taken and is_free(port):
            return port
