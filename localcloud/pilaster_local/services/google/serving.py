"""The process that serves a stack of Google's here: starts the others, and ends them with itself.

python -m pilaster_local.services.google.serving SETTINGS
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pilaster_local.services import ports
from pilaster_local.services.google import tls
from pilaster_local.services.google.children import Children
from pilaster_local.services.google.gateway import Gateway, Routes
from pilaster_local.services.google.metadata import Metadata
from pilaster_local.services.google.postgres import Postgres, User
from pilaster_local.services.google.tokens import Issuer

_LOOK_SECONDS = 1.0
"""How often it looks whether one of the others has ended."""


def serve(settings: Path) -> int:
    told: dict[str, Any] = json.loads(settings.read_text())
    done = threading.Event()
    for word in (signal.SIGTERM, signal.SIGINT):
        signal.signal(word, lambda *_: done.set())
    children = Children()
    try:
        if database := told["database"]:
            _database(children, told, database)
        for function in told["functions"]:
            _listen(
                function["metadata_port"],
                type("Of", (Metadata,), {k: function[k] for k in ("email", "token")}),
            )
            _function(children, function, told["database"])
        if gateway := told["gateway"]:
            parts = {
                "routes": Routes(gateway["document"]),
                "tokens": Issuer(Path(told["tokens"])),
            }
            _listen(gateway["port"], type("Of", (Gateway,), parts))
        while not done.wait(_LOOK_SECONDS):
            if (name := children.ended()) is not None:
                print(f"{name} ended by itself, so everything ends", file=sys.stderr)
                return 1
        return 0
    finally:
        children.stop()


def _database(children: Children, told: dict[str, Any], database: dict[str, Any]) -> None:
    server = Postgres(Path(told["postgres"]), Path(told["sockets"]))
    server.start(children, database["flags"])
    server.prepare(database["name"], [User(**user) for user in database["users"]])
    tls.listen(database["port"], server.socket, Path(told["authority"]))


def _function(
    children: Children, function: dict[str, Any], database: dict[str, Any] | None
) -> None:
    """In Google's own host, with what Cloud Run adds to a function's own variables."""
    environment = {
        **function["environment"],
        "K_SERVICE": function["name"],
        "FUNCTION_TARGET": "handler",
        "PORT": str(function["port"]),
        "PATH": "/usr/bin:/bin",
        "HOME": function["folder"],
        "GCE_METADATA_HOST": f"{ports.LOOPBACK}:{function['metadata_port']}",
        "PYTHONDONTWRITEBYTECODE": "1",
        # On Google it is always 5432; here another may have taken that.
        **({"DATABASE_PORT": str(database["port"])} if database else {}),
    }
    children.start(
        function["name"],
        [function["host"], "--target", "handler", "--source", "main.py", "--host", ports.LOOPBACK],
        environment=environment,
        cwd=Path(function["folder"]),
    )


def _listen(port: int, handler: type[BaseHTTPRequestHandler]) -> None:
    server = ThreadingHTTPServer((ports.LOOPBACK, port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name=f"port {port}", daemon=True).start()


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(serve(Path(sys.argv[1])))
