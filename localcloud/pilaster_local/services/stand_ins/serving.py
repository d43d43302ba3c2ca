"""Inside the process that serves a stack here: it starts the others, and ends them with itself."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pilaster_local.services import ports
from pilaster_local.services.stand_ins import tls
from pilaster_local.services.stand_ins.children import Children
from pilaster_local.services.stand_ins.postgres import Postgres, User

_LOOK_SECONDS = 1.0
"""How often it looks whether one of the others has ended."""

Told = dict[str, Any]


def main(begin: Callable[[Children, Told], None]) -> None:
    """Begins with what the file of the command's argument says, and exits once all has ended."""
    os.umask(0o077)
    sys.exit(_serve(Path(sys.argv[1]), begin))


def _serve(settings: Path, begin: Callable[[Children, Told], None]) -> int:
    told: Told = json.loads(settings.read_text())
    done = threading.Event()
    for word in (signal.SIGTERM, signal.SIGINT):
        signal.signal(word, lambda *_: done.set())
    children = Children()
    try:
        begin(children, told)
        while not done.wait(_LOOK_SECONDS):
            if (name := children.ended()) is not None:
                print(f"{name} ended by itself, so everything ends", file=sys.stderr)
                return 1
        return 0
    finally:
        children.stop()


def database(children: Children, told: Told) -> None:
    """The stack's PostgreSQL, behind TLS."""
    wanted = told["database"]
    server = Postgres(Path(told["postgres"]), Path(told["sockets"]))
    server.start(children, wanted["flags"])
    server.prepare(wanted["name"], [User(**user) for user in wanted["users"]])
    tls.listen(wanted["port"], server.socket, Path(told["authority"]))


def listen(port: int, handler: type[BaseHTTPRequestHandler]) -> None:
    """On loopback, for as long as the process lives."""
    server = ThreadingHTTPServer((ports.LOOPBACK, port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name=f"port {port}", daemon=True).start()
