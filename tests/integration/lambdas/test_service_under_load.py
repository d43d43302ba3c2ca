"""More who log in at once than the database has connections: each is answered, or told when to come
back. 189 are what half an Aurora capacity unit has; PostgreSQL keeps three of them for its owner.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lambdas.service.app import App
from lambdas.service.aws.logins import logins
from lambdas.service.http import Request, Response
from lambdas.service.migrations import migrations
from lambdas.service.postgres.notes import PostgresNotes
from lambdas.shared.direct_schema import DirectSchema
from lambdas.shared.migrations import migrate
from lambdas.shared.postgres import Database, Server
from tests.support.documents_postgres import can_run
from tests.support.listening_postgres import Listening, listening

pytestmark = [
    pytest.mark.integration,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not can_run(), reason="PostgreSQL refuses root, and bwrap is not there"),
]
ROOT = Path(__file__).parents[3]
CONNECTIONS, RESERVED = 189, 3
AT_ONCE, COLD = 300, 20

_EDGE = """
import json, sys
sys.stdin.readline()  # all begin together
from types import SimpleNamespace
from lambdas.service.aws.notes import handler
context = SimpleNamespace(
    aws_request_id="r", function_name="notes", get_remaining_time_in_millis=lambda: 28_000
)
claims = {"sub": "anna", "token_use": "access"}
event = {
    "version": "2.0",
    "rawPath": "/api/v1/notes",
    "requestContext": {
        "requestId": "r", "http": {"method": "GET"}, "authorizer": {"jwt": {"claims": claims}},
    },
}
print("ANSWER " + json.dumps(handler(event, context)))
sys.stdin.readline()  # its connection stays until all have answered
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Listening]:
    # Both ends of each connection, and the server's other side, are this process's descriptors.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    with listening(max_connections=CONNECTIONS) as running:
        migrate([*migrations(), *logins()], schema=DirectSchema(running.owner))
        yield running


def database(server: Listening) -> Database:
    """As one process has it: a pool of its own, and the connection code of every cloud."""
    return Database(
        Server(
            host="localhost",
            port=server.port,
            database=server.database,
            user="service_api",
            application="load",
            idle_seconds=240,
            roots=str(server.roots),
        ),
        lambda: "a token",
    )


def ask(database: Database, barrier: threading.Barrier) -> Response:
    app = App(PostgresNotes(database))
    barrier.wait(timeout=60)
    return app.respond(
        Request(method="GET", path="/api/v1/notes", user="anna", request_id="r", headers={})
    )


def check(status: int, headers: dict[str, str], body: str) -> int:
    """Answered, or told when to come back, in words that say nothing of the inside."""
    assert status in (200, 503), body
    if status == 503:
        assert int(headers["retry-after"]) > 0
        assert json.loads(body)["type"] == "/problems/unavailable"
        assert "connection" not in body
    return status


def test_of_300_logins_at_once_each_is_answered_or_told_when_to_come_back(
    server: Listening, capfd: pytest.CaptureFixture[str]
):
    barrier = threading.Barrier(AT_ONCE)
    pools = [database(server) for _ in range(AT_ONCE)]
    try:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = list(threads.map(lambda pool: ask(pool, barrier), pools))
        seen = Counter(check(a.status, dict(a.headers), a.body.decode()) for a in answers)
        # Whoever got a connection keeps it. A busy machine may be too slow to give them all.
        assert 0 < seen[200] <= CONNECTIONS - RESERVED
        lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        causes = {line["error"] for line in lines if line["level"] == "ERROR"}
        with capfd.disabled():
            print(f"\n{seen[200]} answered, {seen[503]} told to come back", end=" ")
        assert causes
        assert all(cause.startswith("DatabaseUnavailableError < ") for cause in causes), causes
    finally:
        for pool in pools:
            for connection, _ in pool._free:
                connection.close()


def test_of_20_cold_processes_at_once_each_is_answered_or_told_when_to_come_back(
    server: Listening,
):
    """Half of them find a connection: the rest are held by others."""
    held = [
        psycopg.connect(
            host="localhost",
            port=server.port,
            dbname=server.database,
            user="service_api",
            sslmode="verify-full",
            sslrootcert=str(server.roots),
        )
        for _ in range(CONNECTIONS - RESERVED - COLD // 2)
    ]
    environment = {
        **os.environ,
        "PGSSLROOTCERT": str(server.roots),
        "DATABASE_HOST": "localhost",
        "DATABASE_PORT": str(server.port),
        "DATABASE_NAME": server.database,
        "DATABASE_USER": "service_api",
        "DATABASE_PROXIED": "false",
        "DATABASE_IDLE_SECONDS": "240",
        "AWS_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _EDGE],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(COLD)
    ]
    try:
        for process in processes:
            _say(process)
        answers = [_answer(process) for process in processes]
        seen = Counter(check(a["statusCode"], a["headers"], a["body"]) for a in answers)
        assert 0 < seen[200] <= COLD // 2
        print(f"{seen[200]} answered, {seen[503]} told to come back")
    finally:
        for process in processes:
            process.kill()
            process.wait()
        for connection in held:
            connection.close()


def _say(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go on\n")
    process.stdin.flush()


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it answered; its log lines stand before."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ANSWER "):
            return json.loads(line.removeprefix("ANSWER "))
    raise AssertionError(f"a process ended without an answer: {process.wait()}")
