"""Google Cloud: deployed with the command; Google's own functions-framework serves the edge.

The function's archive and lock are the ones that would go to Google; it logs in to PostgreSQL with
what a metadata server gives it, over TLS. Stood in for: that server and its tokens, Cloud SQL, and
the API Gateway, which checks signatures by the configuration Google would get, of tokens this
machine issues. Nothing stands in for the network's rules and the bindings.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pilaster.packaging import Code, google
from pilaster_local import engine
from pilaster_local.services import ports
from pilaster_local.services.google import platform
from pilaster_local.services.google.metadata import Metadata
from pilaster_local.services.google.places import Places
from pilaster_local.services.stand_ins import supervising
from pilaster_local.services.stand_ins.postgres import MASTER

from tests.support.deployed import ROOT, Deployed, copy
from tests.support.service_client import Client
from tests.support.service_hosts import Host

STACK = "local-gcp"
STATEMENT_SECONDS = 2
_LOADED = """
import json, sys
from functions_framework import create_app
answer = create_app("handler", "lambdas/service/gcp/api.py").test_client().get("/health")
assert answer.status_code == 200
print(json.dumps(sorted(sys.modules)))
"""


@contextmanager
def running(folder: Path) -> Iterator[Host]:
    if find_spec("pulumi_gcp") is None:
        pytest.skip("pulumi_gcp is not installed: `cli/setup.sh clouds` installs it")
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


def cold_process(folder: Path, server: Any) -> Any:
    """Google's own host with the archive it would get, for `benchmarks.service_cold_starts`."""
    from benchmarks.service_cold_starts import Process, variables_for

    places = Places(folder, STACK)
    places.make()
    code = Code(entry_point="lambdas.service.gcp.api", dependencies="service_gcp")
    archive = google.source(code, "3.13", root=ROOT, cache=folder / "packages").path
    workspace = platform.unpacked(places, archive)
    port, metadata = ports.choose(), ports.choose()
    told = type("Of", (Metadata,), {"email": "nobody", "token": "a token"})
    listening = ThreadingHTTPServer((ports.LOOPBACK, metadata), told)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    return Process(
        command=[
            str(platform.environment(places, workspace / "requirements.txt", print)),
            *("--target", "handler", "--source", "main.py", "--host", ports.LOOPBACK),
        ],
        environment={
            **variables_for(server),
            "DATABASE_AUTHORITY": Path(server.roots).read_text(),
            "DATABASE_CONNECTIONS": "4",
            "REQUEST_SECONDS": "25",
            "THREADS": "4",
            "GCE_METADATA_HOST": f"{ports.LOOPBACK}:{metadata}",
            "PORT": str(port),
        },
        folder=workspace,
        url=f"http://{ports.LOOPBACK}:{port}/api/v1/notes",
        headers={"x-apigateway-api-userinfo": _base64({"sub": "user-anna"})},
    )


def host(system: Deployed) -> Host:
    url = engine.outputs(system.folder, STACK)["api_url"]

    @cache
    def as_user(name: str) -> dict[str, str]:
        answer = Client(url, {}).ask("POST", "/_pilaster/tokens", {"sub": f"user-{name}"})
        return {"authorization": f"Bearer {answer.json['access_token']}"}

    claims = _base64({"sub": "user-anna"})
    return Host(
        url=url,
        as_user=as_user,
        # What the gateway itself would write, and a token nobody signed.
        forged={
            "authorization": f"Bearer {_base64({'alg': 'none'})}.{claims}.",
            "x-apigateway-api-userinfo": claims,
        },
        loaded_by_health=_loaded,
        stuck=lambda: _stuck(Places(system.folder, STACK)),
        statement_seconds=STATEMENT_SECONDS,
    )


def _base64(value: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _loaded() -> set[str]:
    command = [sys.executable, "-c", _LOADED]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(json.loads(said.stdout.splitlines()[-1]))


@contextmanager
def _stuck(places: Places) -> Iterator[None]:
    """Whoever looks after the database has locked the table."""
    with psycopg.connect(
        host=str(places.sockets), port=5432, user=MASTER, dbname="service"
    ) as connection:
        connection.execute("lock table notes in access exclusive mode")
        yield
        connection.rollback()
