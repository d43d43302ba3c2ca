"""Azure: deployed with the command; Pilaster's small Functions host runs the package.

Microsoft's own host is a .NET program that no registry here has, and its Python library
(azure-functions-runtime) wants 3.13. So it is a host of ours, and says so; what it loads is the
very package, with the objects of Microsoft's `azure.functions`. App Service's authentication, the
identity's tokens and the server behind TLS are stood in for.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from pilaster.packaging import AZURE, Code, Target, build
from pilaster_local import engine
from pilaster_local.services import ports
from pilaster_local.services.azure import host as small_host
from pilaster_local.services.azure.identity import PATH, Identity
from pilaster_local.services.azure.places import Places
from pilaster_local.services.stand_ins import supervising

from tests.support.deployed import ROOT, Deployed, copy
from tests.support.service_hosts import Host

STACK = "local-azure"
STATEMENT_SECONDS = 2
_LOADED = """
import json, runpy, sys
host = runpy.run_path(sys.argv[1])
from pathlib import Path
app = host["App"](Path(sys.argv[2]))
request = app.func.HttpRequest(method="GET", url="http://h/health", headers={}, params={},
                               route_params={}, body=b"")
name, parameter, _ = app.route("GET", "/health")
assert app.call(name, **{parameter: request}).status_code == 200
print(json.dumps(sorted(sys.modules)))
"""


@contextmanager
def running(folder: Path) -> Iterator[Host]:
    system = copy(folder / "project")
    settings = system.folder / f"Pulumi.{STACK}.yaml"
    said = f"\n  pilaster:statement_timeout_seconds: {STATEMENT_SECONDS}\n"
    settings.write_text(settings.read_text().rstrip() + said)
    try:
        ran = system.pilaster("up", "--stack", STACK, timeout=600)
        assert ran.code == 0, ran.err
        yield host(system)
    finally:
        supervising.purge(Places(system.folder, STACK))


def host(system: Deployed) -> Host:
    outputs = engine.outputs(system.folder, STACK)
    told = json.loads(Places(system.folder, STACK).settings.read_text())

    @cache
    def as_user(name: str) -> dict[str, str]:
        address = urlsplit(outputs["api_url"])
        there = HTTPConnection(address.netloc, timeout=30)
        there.request("POST", "/_pilaster/tokens", json.dumps({"sub": name}))
        token = json.loads(there.getresponse().read())["access_token"]
        there.close()
        return {"authorization": f"Bearer {token}"}

    claims = [{"typ": "sub", "val": "somebody"}]
    principal = base64.b64encode(json.dumps({"claims": claims}).encode()).decode()
    return Host(
        url=outputs["api_url"],
        as_user=as_user,
        # Only the platform may say whose request it is.
        forged={"x-ms-client-principal": principal, "x-ms-client-principal-id": "somebody"},
        loaded_by_health=lambda: _loaded(system, outputs),
        stuck=lambda: _stuck(told),
        statement_seconds=STATEMENT_SECONDS,
    )


def cold_process(folder: Path, server: Any) -> Any:
    """The small host with the package it would load, for `benchmarks.service_cold_starts`."""
    from benchmarks.service_cold_starts import Process, variables_for

    code = Code(entry_point="lambdas.service.azure.notes", dependencies="service_azure")
    target = Target.of_this_machine()
    package = build(code, target, root=ROOT, cache=folder / "packages", layout=AZURE)
    task = folder / "task"
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(task)
    port, tokens = ports.choose(), ports.choose()
    told = {"client_id": "me", "secret": "drawn", "token": "a token"}
    listening = ThreadingHTTPServer((ports.LOOPBACK, tokens), type("Of", (Identity,), told))
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    principal = json.dumps({"claims": [{"typ": "sub", "val": "anna"}]}).encode()
    return Process(
        command=[sys.executable, "-I", "-S", small_host.__file__, str(task), str(port)],
        environment={
            **variables_for(server),
            "DATABASE_AT_ONCE": "8",
            "AZURE_CLIENT_ID": "me",
            "IDENTITY_ENDPOINT": f"http://{ports.LOOPBACK}:{tokens}{PATH}",
            "IDENTITY_HEADER": "drawn",
            "PGSSLROOTCERT": str(server.roots),
            "WEBSITE_AUTH_ENABLED": "True",
        },
        folder=task,
        url=f"http://{ports.LOOPBACK}:{port}/api/v1/notes",
        headers={"x-ms-client-principal": base64.b64encode(principal).decode()},
    )


def _loaded(system: Deployed, outputs: dict[str, dict[str, dict[str, str]]]) -> set[str]:
    """Of the package alone: the interpreter has no packages of its own."""
    archive = system.folder / outputs["packages"]["api"]["file"]
    folder = system.folder / "unpacked"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    command = [sys.executable, "-I", "-S", "-c", _LOADED, small_host.__file__, str(folder)]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return set(json.loads(said.stdout))


@contextmanager
def _stuck(told: dict[str, dict[str, object]]) -> Iterator[None]:
    """The owner of the table has locked it."""
    owner = next(user for user in told["database"]["users"] if user["roles"])  # pyright: ignore
    with psycopg.connect(
        host="127.0.0.1",
        port=told["database"]["port"],  # pyright: ignore
        dbname=told["database"]["name"],  # pyright: ignore
        user=owner["name"],  # pyright: ignore
        password=owner["password"],  # pyright: ignore
        sslmode="verify-full",
        sslrootcert=f"{told['authority']}/ca.pem",
    ) as connection:
        connection.execute("lock table notes in access exclusive mode")
        yield
        connection.rollback()
