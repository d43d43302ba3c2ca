"""The process that serves a stack of Azure's here: starts the others, and ends them with itself.

python -m pilaster_local.services.azure.serving SETTINGS
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
from pilaster_local.services.azure import host
from pilaster_local.services.azure.front import Front, Rules
from pilaster_local.services.azure.identity import PATH, Identity
from pilaster_local.services.google import tls
from pilaster_local.services.google.children import Children
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
        database = told["database"]
        server = Postgres(Path(told["postgres"]), Path(told["sockets"]))
        server.start(children, database["flags"])
        server.prepare(database["name"], [User(**user) for user in database["users"]])
        tls.listen(database["port"], server.socket, Path(told["authority"]))
        for app in told["apps"]:
            identity = {key: app["identity"][key] for key in ("client_id", "secret", "token")}
            _listen(app["identity"]["port"], type("Of", (Identity,), identity))
            _app(children, app, told)
            if app["front"]:
                parts = {"routes": Rules(**app["front"]), "tokens": Issuer(Path(told["tokens"]))}
                _listen(app["front_port"], type("Of", (Front,), parts))
        while not done.wait(_LOOK_SECONDS):
            if (name := children.ended()) is not None:
                print(f"{name} ended by itself, so everything ends", file=sys.stderr)
                return 1
        return 0
    finally:
        children.stop()


def _app(children: Children, app: dict[str, Any], told: dict[str, Any]) -> None:
    """With exactly what Azure adds to an app's own settings, as far as ours reads it."""
    environment = {
        **app["environment"],
        "PATH": "/usr/bin:/bin",
        "HOME": app["folder"],
        "WEBSITE_SITE_NAME": app["name"],
        "WEBSITE_AUTH_ENABLED": str(bool(app["front"])),
        "IDENTITY_ENDPOINT": f"http://{ports.LOOPBACK}:{app['identity']['port']}{PATH}",
        "IDENTITY_HEADER": app["identity"]["secret"],
        "PYTHONDONTWRITEBYTECODE": "1",
        # The private name leads here, and the certificate is this machine's.
        "DATABASE_HOST": ports.LOOPBACK,
        "DATABASE_PORT": str(told["database"]["port"]),
        "PGSSLROOTCERT": str(Path(told["authority"]) / "ca.pem"),
    }
    children.start(
        app["name"],
        # Nothing of this environment's packages: what is not in the package is not there.
        [sys.executable, "-I", "-S", str(Path(host.__file__)), app["folder"], str(app["port"])],
        environment=environment,
        cwd=Path(app["folder"]),
    )


def _listen(port: int, handler: type[BaseHTTPRequestHandler]) -> None:
    server = ThreadingHTTPServer((ports.LOOPBACK, port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name=f"port {port}", daemon=True).start()


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(serve(Path(sys.argv[1])))
