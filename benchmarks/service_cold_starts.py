"""The notes service's cold starts, warm requests and queries, edge by edge.

python -m benchmarks.service_cold_starts [--edges aws gcp azure] [--rounds 7] [--memory 512]

Cold: from starting the platform's own process, with the package that is deployed, to its first
answer out of PostgreSQL over TLS, its login included; free, and held to what the memory size gives
a function on Lambda (512 MB: 0.29 of a CPU, from the first instruction on; Lambda itself is kinder
while a function starts). Warm: over HTTP through the whole of the edge's local platform. Query: one
note by its id on a kept connection over TLS. Exits 1 where a limit is broken.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from pilaster.packaging import Code, Target, build

from benchmarks.held import held
from benchmarks.lambda_process import first_answer, make_runtime
from lambdas.service.aws.logins import logins
from lambdas.service.migrations import migrations
from lambdas.service.model.note import NoteId, UserId
from lambdas.service.postgres.notes import PostgresNotes
from lambdas.shared.direct_schema import DirectSchema
from lambdas.shared.migrations import migrate
from lambdas.shared.postgres import Database, Server
from tests.support.listening_postgres import Listening, listening
from tests.support.service_client import NOTES, Client
from tests.support.service_hosts import HOSTS

ROOT = Path(__file__).parents[1]
COLD_SECONDS, WARM_SECONDS, QUERY_SECONDS = 2.0, 0.1, 0.05
"""The limits; the goals are 0.3 s, 5 ms and 1 ms."""
WARM, QUERIES = 100, 500
_PATIENCE = 60.0

Before = Callable[[], None] | None
Cold = Callable[[Before], float]
"""Starts the edge's process (which runs the argument first) and ends it; seconds to its answer."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """A host that listens: what a module of `service_hosts` gives as `cold_process`."""

    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    url: str
    """Of the notes, at that process."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", nargs="+", choices=HOSTS, default=list(HOSTS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memory", type=int, default=512)
    parser.add_argument("--no-warm", action="store_true", help="leave the local platforms alone")
    asked = parser.parse_args()
    late: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="service-") as scratch,
        listening(max_connections=50) as server,
    ):
        migrate([*migrations(), *logins()], schema=DirectSchema(server.owner))
        print(f"Python {'.'.join(map(str, sys.version_info[:3]))}, medians (slowest)\n")
        query = queries(server)
        late += ["query"] if said("query, kept connection", query) > QUERY_SECONDS else []
        for edge in asked.edges:
            folder = Path(scratch, edge)
            folder.mkdir()
            late += measured(edge, folder, server, asked.rounds, asked.memory)
            if not asked.no_warm:
                warm = said(f"{edge}: warm, over HTTP", warm_requests(edge, folder / "warm"))
                late += [f"{edge} warm"] if warm > WARM_SECONDS else []
    if late:
        print(f"\nover the limit: {', '.join(late)}")
    return 1 if late else 0


def said(what: str, seconds: list[float]) -> float:
    """Prints it in milliseconds; the median."""
    median = statistics.median(seconds)
    print(f"{what:32}{median * 1000:9.2f} ms ({max(seconds) * 1000:.2f})", flush=True)
    return median


def measured(edge: str, folder: Path, server: Listening, rounds: int, memory: int) -> list[str]:
    cold = COLD[edge](folder, server)
    if cold is None:
        print(f"{edge}: its host says no process that could be started alone")
        return []
    cold(None)  # the disk's cache
    said(f"{edge}: cold, free", [cold(None) for _ in range(rounds)])
    with held(memory) as before:
        if before is None:
            print(f"{edge}: nobody may hold a process here (control groups are root's)")
            return []
        found = said(f"{edge}: cold at {memory} MB", [cold(before) for _ in range(rounds)])
    return [f"{edge} cold"] if found > COLD_SECONDS else []


def cold_on_aws(folder: Path, server: Listening) -> Cold:
    """AWS's own runtime client in its own process, with read-only files and an event."""
    code = Code(entry_point="lambdas.service.aws.notes", dependencies="service")
    package = build(code, Target.of_this_machine(), root=ROOT, cache=folder / "packages")
    task = folder / "task"
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(task)
    shutil.copy(server.roots, task / "ca.pem")
    runtime = make_runtime(ROOT, folder / "runtime")
    variables = {
        **variables_for(server),
        "PGSSLROOTCERT": "/var/task/ca.pem",
        "DATABASE_PROXIED": "false",
        "AWS_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_LAMBDA_FUNCTION_NAME": "notes",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    }
    claims = {"sub": "anna", "token_use": "access"}
    context = {
        "requestId": "r",
        "http": {"method": "GET"},
        "authorizer": {"jwt": {"claims": claims}},
    }
    event = {"version": "2.0", "rawPath": NOTES, "headers": {}, "requestContext": context}

    def cold(before: Before) -> float:
        start = first_answer(runtime, task, code.handler, variables, event, before)
        if start.answer.get("statusCode") != 200:
            raise SystemExit(f"aws answered {start.answer}")
        return start.seconds

    return cold


def cold_by_http(edge: str) -> Callable[[Path, Listening], Cold | None]:
    """A process that listens, as the edge's host has it."""

    def make(folder: Path, server: Listening) -> Cold | None:
        says: Any = getattr(import_module(HOSTS[edge]), "cold_process", None)
        if says is None:
            return None
        process: Process = says(folder, server)
        return lambda before: answered(process, before)

    return make


def answered(process: Process, before: Before) -> float:
    began = time.perf_counter()
    running = subprocess.Popen(
        process.command,
        cwd=process.folder,
        env=dict(process.environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=before,
    )
    try:
        while time.perf_counter() - began < _PATIENCE and running.poll() is None:
            try:
                request = Request(process.url, headers=dict(process.headers))
                with urlopen(request, timeout=_PATIENCE):
                    return time.perf_counter() - began
            except (URLError, ConnectionError):
                time.sleep(0.005)
        raise SystemExit(f"{process.command[0]} did not answer at {process.url}")
    finally:
        running.terminate()
        running.wait()


COLD: Mapping[str, Callable[[Path, Listening], Cold | None]] = {
    "aws": cold_on_aws,
    **{edge: cold_by_http(edge) for edge in HOSTS if edge != "aws"},
}


def variables_for(server: Listening) -> dict[str, str]:
    """What every edge's functions read of the database."""
    return {
        "DATABASE_HOST": "localhost",
        "DATABASE_PORT": str(server.port),
        "DATABASE_NAME": server.database,
        "DATABASE_USER": "service_api",
        "DATABASE_IDLE_SECONDS": "240",
        "PATH": os.environ["PATH"],
    }


def warm_requests(edge: str, folder: Path) -> list[float]:
    with import_module(HOSTS[edge]).running(folder) as host:
        client = Client(host.url, host.as_user("anna"))
        at = f"{NOTES}/{client.note('measured')['id']}"
        return [_timed(lambda: client.ask("GET", at)) for _ in range(WARM)]


def queries(server: Listening) -> list[float]:
    database = Database(
        Server(
            host="localhost",
            port=server.port,
            database=server.database,
            user="service_api",
            application="benchmark",
            idle_seconds=240,
            roots=str(server.roots),
        ),
        lambda: "a token",
    )
    notes = PostgresNotes(database)
    nobodys, anna = NoteId("00000000-0000-4000-8000-000000000000"), UserId("anna")
    said("login over TLS, and a query", [_timed(lambda: notes.get(nobodys, owner=anna))])
    return [_timed(lambda: notes.get(nobodys, owner=anna)) for _ in range(QUERIES)]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
