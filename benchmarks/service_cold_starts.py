"""The notes service's cold starts, warm requests and queries, edge by edge.

python -m benchmarks.service_cold_starts [--edges aws gcp azure] [--rounds 7] [--memory 512]

Cold: from starting the process that runs the function, with the package that is deployed, to its
first answer out of PostgreSQL over TLS, its login included; free, and held to what the memory size
gives a function on Lambda (512 MB: 0.29 of a CPU, from the first instruction on; Lambda itself is
kinder while a function starts). Warm: over HTTP through the whole of the edge's local platform.
Query: one note by its id on a kept connection over TLS. Exits 1 where a limit is broken.
"""

from __future__ import annotations

import argparse
import base64
import json
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

import psutil
from pilaster.packaging import Code, Target, build
from pilaster_local.services import ports

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
    """A host that listens: what a module of `service_hosts` gives as `cold_process`, where the one
    that runs in its local stack cannot simply be started once more."""

    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    url: str
    """Of the notes, at that process."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def _base64(said: object) -> str:
    return base64.b64encode(json.dumps(said).encode()).decode()


PRINCIPAL = _base64({"claims": [{"typ": "sub", "val": "anna"}]})
"""What App Service says of who asks."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", nargs="+", choices=HOSTS, default=list(HOSTS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memory", type=int, default=512)
    asked = parser.parse_args()
    late: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="service-") as scratch,
        listening(max_connections=50) as server,
    ):
        migrate([*migrations(), *logins()], schema=DirectSchema(server.owner))
        print(f"Python {'.'.join(map(str, sys.version_info[:3]))}, medians (slowest)\n")
        if said("query on a kept connection", queries(server)) > QUERY_SECONDS:
            late.append("query")
        for edge in asked.edges:
            late += of_edge(edge, Path(scratch, edge), server, asked)
    if late:
        print(f"\nover the limit: {', '.join(late)}")
    return 1 if late else 0


def of_edge(edge: str, folder: Path, server: Listening, asked: argparse.Namespace) -> list[str]:
    """What of an edge is over its limit."""
    folder.mkdir()
    late: list[str] = []
    module = import_module(HOSTS[edge])
    if edge == "aws":
        late += starts(edge, cold_on_aws(folder, server), asked)
    elif hasattr(module, "cold_process"):
        late += starts(edge, started(module.cold_process(folder / "alone", server)), asked)
    with module.running(folder / "running") as host:
        if edge == "azure":
            late += starts(edge, started(again(folder, "host.py", PRINCIPAL)), asked)
        client = Client(host.url, host.as_user("anna"))
        at = f"{NOTES}/{client.note('measured')['id']}"
        times = [_timed(lambda: client.ask("GET", at)) for _ in range(WARM)]
    if said(f"{edge}: warm, over HTTP", times) > WARM_SECONDS:
        late.append(f"{edge} warm")
    return late


def starts(edge: str, cold: Cold, asked: argparse.Namespace) -> list[str]:
    cold(None)  # the disk's cache
    said(f"{edge}: cold, free", [cold(None) for _ in range(asked.rounds)])
    with held(asked.memory) as before:
        if before is None:
            print(f"{edge}: nobody may hold a process here (control groups are root's)")
            return []
        name = f"{edge}: cold at {asked.memory} MB"
        found = said(name, [cold(before) for _ in range(asked.rounds)])
    return [f"{edge} cold"] if found > COLD_SECONDS else []


def said(what: str, seconds: list[float]) -> float:
    """Prints it in milliseconds; the median."""
    median = statistics.median(seconds)
    print(f"{what:32}{median * 1000:9.2f} ms ({max(seconds) * 1000:.2f})", flush=True)
    return median


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
        "DATABASE_PROXIED": "false",
        "PGSSLROOTCERT": "/var/task/ca.pem",
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


def variables_for(server: Listening) -> dict[str, str]:
    """What every edge's functions read of the database, and a path."""
    return {
        "DATABASE_HOST": "localhost",
        "DATABASE_PORT": str(server.port),
        "DATABASE_NAME": server.database,
        "DATABASE_USER": "service_api",
        "DATABASE_IDLE_SECONDS": "240",
        "PATH": "/usr/bin:/bin",
    }


def again(folder: Path, program: str, principal: str) -> Process:
    """The process that runs the notes in a running stack, once more and on a port of its own."""
    found = [each for each in psutil.process_iter() if _runs_notes(each, program, folder)]
    if not found:
        raise SystemExit(f"no process of {program!r} runs the notes below {folder}")
    port = ports.choose()
    return Process(
        command=[*found[0].cmdline()[:-1], str(port)],
        environment=found[0].environ(),
        folder=Path(found[0].cwd()),
        url=f"http://{ports.LOOPBACK}:{port}{NOTES}",
        headers={"x-ms-client-principal": principal},
    )


def _runs_notes(process: psutil.Process, program: str, folder: Path) -> bool:
    try:
        whole = " ".join([*process.cmdline(), process.cwd()])
        named = [value for key, value in process.environ().items() if key == "HOME"]
    except psutil.Error:
        return False
    mine = program in whole and str(folder) in whole
    return mine and not any("migra" in value for value in named)


def started(process: Process) -> Cold:
    client = Client(process.url.removesuffix(NOTES), process.headers)

    def cold(before: Before) -> float:
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
                    if client.ask("GET", NOTES).status == 200:
                        return time.perf_counter() - began
                except OSError:
                    pass  # it does not listen yet
                time.sleep(0.005)
            raise SystemExit(f"{process.command} gives no answer at {process.url}")
        finally:
            running.terminate()
            running.wait()

    return cold


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
