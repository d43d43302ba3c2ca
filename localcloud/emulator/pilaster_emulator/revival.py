"""A server that died is started again, as AWS replaces a node that did."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

log = logging.getLogger("pilaster.revival")

AFTER_SECONDS = 5.0
"""How long it stays away. AWS takes half a minute and more: long enough to be noticed, that is."""
_LOOK_SECONDS = 0.5


class Mortal(Protocol):
    """A server with a process of its own."""

    @property
    def died(self) -> bool:
        """Whether it was started, and ended without being told to."""
        ...


class Revival:
    """Looks after servers: `again` starts the one of that name, in a thread that does not end."""

    def __init__(self, servers: Mapping[str, Mortal], again: Callable[[str], object]) -> None:
        self._servers = servers
        self._again = again
        self._over = threading.Event()

    def begin(self) -> None:
        threading.Thread(target=self._watch, name="revival", daemon=True).start()

    def close(self) -> None:
        self._over.set()

    def _watch(self) -> None:
        missed: dict[str, float] = {}
        while not self._over.wait(_LOOK_SECONDS):
            for name, server in list(self._servers.items()):
                if not server.died:
                    missed.pop(name, None)
                elif time.monotonic() - missed.setdefault(name, time.monotonic()) > AFTER_SECONDS:
                    log.warning("starting %s again", name)
                    del missed[name]
                    try:
                        self._again(name)
                    except Exception:
                        log.exception("%s could not be started again", name)
