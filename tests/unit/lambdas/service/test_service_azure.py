"""Azure's edge by itself: whose request it is, tokens, answers in time, and what it may do."""

from __future__ import annotations

import ast
import asyncio
import base64
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("azure.functions", reason="`cli/setup.sh clouds` installs it")

import azure.functions as func

from lambdas.service.azure import http, identity, logins, notes
from lambdas.service.http import Response
from lambdas.shared.unavailable import DatabaseUnavailableError

ROOT = Path(__file__).parents[4]
EDGE = ROOT / "lambdas" / "service" / "azure"
SUBJECT = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"


def request(path: str = "/api/v1/notes?q=a%2Bb", **headers: str) -> Any:
    return func.HttpRequest(
        method="get", url=f"https://h{path}", headers=headers, params={}, route_params={}, body=b"x"
    )


def principal(*claims: tuple[object, object]) -> str:
    told = {"claims": [{"typ": kind, "val": value} for kind, value in claims]}
    return base64.b64encode(json.dumps(told).encode()).decode()


def test_a_request_is_read_as_it_was_written():
    headers = {"If-Match": '"1"', "x-ms-client-principal": principal((SUBJECT, "anna"))}
    found = http.decode(request(**headers), request_id="r", seconds=5, authenticated=True)
    assert (found.method, found.path, found.query) == ("GET", "/api/v1/notes", "q=a%2Bb")
    assert (found.user, found.headers["if-match"], found.body) == ("anna", '"1"', b"x")


def test_without_the_platform_before_it_a_header_is_anybody_s():
    forged = request(**{"x-ms-client-principal": principal((SUBJECT, "anna"))})
    found = http.decode(forged, request_id="r", seconds=5, authenticated=False)
    assert found.user is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "not base64",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b'{"claims": 1}').decode(),
        base64.b64encode(b'{"claims": [{"typ": "sub"}]}').decode(),
        principal(("name", "anna")),
        principal(("sub", "anna"), (SUBJECT, "bert")),
        principal(("sub", 7)),
    ],
)
def test_a_header_that_names_nobody_or_two_is_nobody(header: str):
    assert http.user(header) is None


def test_an_answer_keeps_its_type_and_has_a_body_or_none():
    answer = http.encode(
        Response(status=200, headers={"content-type": "application/json"}, body=b"{}")
    )
    assert (answer.status_code, answer.mimetype, answer.get_body()) == (
        200,
        "application/json",
        b"{}",
    )
    assert http.encode(Response(status=204)).get_body() == b""


class Opener:
    """An endpoint that answers what it was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: object) -> None:
        self.asked: list[urllib.request.Request] = []
        self._answers = list(answers)
        monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "drawn")
        monkeypatch.setattr(urllib.request, "build_opener", lambda *_: self)

    def open(self, request: urllib.request.Request, timeout: float) -> Any:
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return Answer(body)


class Answer:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, most: int) -> bytes:
        return self._body[:most]

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None: ...


def token(value: str, until: float) -> dict[str, str]:
    return {"access_token": value, "expires_on": str(int(until))}


def test_a_token_is_asked_for_once_and_again_before_it_ends(monkeypatch: pytest.MonkeyPatch):
    now = [1000.0]
    monkeypatch.setattr(identity.time, "time", lambda: now[0])
    there = Opener(monkeypatch, token("one", 4600), token("two", 9000))
    tokens = identity.Tokens("https://db", client_id="me")
    assert [tokens.token(), tokens.token()] == ["one", "one"]
    now[0] = 4600 - identity.EARLY_SECONDS
    assert tokens.token() == "two"
    assert len(there.asked) == 2
    assert "resource=https%3A%2F%2Fdb&client_id=me" in there.asked[0].full_url
    assert there.asked[0].get_header("X-identity-header") == "drawn"


def refusal(code: int) -> urllib.error.HTTPError:
    return urllib.error.HTTPError("http://x", code, "no", None, None)  # pyright: ignore


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (refusal(429), DatabaseUnavailableError),
        (refusal(500), DatabaseUnavailableError),
        (TimeoutError(), DatabaseUnavailableError),
        (refusal(400), identity.IdentityError),
        (b"<html>", identity.IdentityError),
        ({"access_token": "x"}, identity.IdentityError),
    ],
)
def test_what_passes_is_told_from_what_does_not(
    monkeypatch: pytest.MonkeyPatch, answer: object, raised: type[Exception]
):
    Opener(monkeypatch, answer)
    with pytest.raises(raised):
        identity.Tokens("https://db", client_id="me").token()


def test_without_an_endpoint_nothing_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("IDENTITY_ENDPOINT", raising=False)
    with pytest.raises(identity.IdentityError, match="give the app its managed identity"):
        identity.Tokens("https://db", client_id="me").token()


@cache
def functions() -> dict[str, Any]:
    """As the worker asks for them: once."""
    return {each.get_function_name(): each for each in notes.handler.get_functions()}


def answered(monkeypatch: pytest.MonkeyPatch, respond: Any, seconds: float = 5.0) -> Any:
    monkeypatch.setattr(notes, "_respond", respond)
    monkeypatch.setattr(notes, "SECONDS", seconds)
    context = SimpleNamespace(invocation_id="r-1")
    return asyncio.run(functions()["notes"].get_user_function()(req=request(), context=context))


def test_what_takes_too_long_is_answered_before_the_host_ends_the_worker(
    monkeypatch: pytest.MonkeyPatch,
):
    over = threading.Event()
    try:
        answer = answered(monkeypatch, lambda _: over.wait(60), seconds=0.05)
    finally:
        over.set()
    told = json.loads(answer.get_body())
    assert (answer.status_code, told["type"]) == (503, "/problems/out-of-time")
    assert told["request_id"] == "r-1"
    host = json.loads(
        __import__("pilaster.packaging.layout", fromlist=["x"])._azure("a")["host.json"]
    )
    assert host["functionTimeout"] == "00:00:30"
    assert notes.SECONDS < 30


def test_an_application_that_cannot_be_wired_is_a_problem_too(monkeypatch: pytest.MonkeyPatch):
    """Its settings are missing here."""
    for name in ("DATABASE_HOST", "AZURE_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delitem(sys.modules, "lambdas.service.azure.application", raising=False)
    answer = answered(monkeypatch, notes._respond)
    assert answer.status_code == 500
    assert json.loads(answer.get_body())["type"] == "/problems/internal"


class Ledger:
    """A schema that notes what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def transaction(self) -> Ledger:
        return self

    def execute(self, statement: str, **values: str) -> list[tuple[str, ...]]:
        self.said.append(statement)
        return []

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None: ...


def test_the_service_s_user_is_the_identity_of_the_api_and_no_other():
    ledger = Ledger()
    logins.let_in("22222222-2222-4222-8222-222222222222", schema=ledger)  # pyright: ignore
    assert ledger.said == [
        "security label for pgaadauth on role service_api is "
        "'aadauth,oid=22222222-2222-4222-8222-222222222222,type=service'"
    ]
    with pytest.raises(ValueError, match="is no GUID"):
        logins.let_in("x'; drop table notes; --", schema=Ledger())  # pyright: ignore


def test_health_loads_neither_the_application_nor_a_driver():
    code = (
        "import sys, lambdas.service.azure.notes as n\n"
        "print([m for m in sys.modules if m.startswith(('psycopg', 'lambdas.service.app'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_edge_calls_no_service_of_azure_s_but_its_identity_s_endpoint():
    """What it may do is therefore nothing: every role is the host's own (the grants' list)."""
    imported: set[str] = set()
    for file in EDGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    foreign = {
        name for name in imported
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("lambdas.")
    }  # fmt: skip
    assert foreign == {"azure.functions", "psycopg"}
    callers = {f.name for f in EDGE.glob("*.py") if "urllib.request" in f.read_text()}
    assert callers == {"identity.py"}
