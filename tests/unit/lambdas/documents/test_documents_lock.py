"""Who did not come through the edge is refused, by every function that clients reach."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from lambdas.documents.aws import lock
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.lock import Lock
from lambdas.shared.settings import SettingsError
from tests.support.documents_aws import Context, body_of, http_event
from tests.support.edge import ADDRESS, HOST, SECRET, SHA256, through

OTHER = "the-one-before"
BOTH = f"{hashlib.sha256(OTHER.encode()).hexdigest()},{SHA256}"


def locked(monkeypatch: pytest.MonkeyPatch, digests: str) -> Lock:
    monkeypatch.setenv("ORIGIN_SECRET_SHA256", digests)
    return Lock()


def asked(secret: str | None, name: str = "x-origin-secret") -> dict[str, Any]:
    return {"headers": {} if secret is None else {name: secret}}


def test_the_secret_opens_and_its_header_is_written_in_any_case(monkeypatch: pytest.MonkeyPatch):
    assert locked(monkeypatch, SHA256).holds(asked(SECRET))
    assert locked(monkeypatch, SHA256).holds(asked(SECRET, "X-Origin-Secret"))


@pytest.mark.parametrize("secret", [None, "", SHA256, SECRET[:-1], f"{SECRET} ", "é\ud800"])
def test_nothing_else_opens(secret: str | None, monkeypatch: pytest.MonkeyPatch):
    assert not locked(monkeypatch, SHA256).holds(asked(secret))


def test_while_it_is_changed_both_open(monkeypatch: pytest.MonkeyPatch):
    both = locked(monkeypatch, BOTH)
    assert [both.holds(asked(each)) for each in (OTHER, SECRET, "third")] == [True, True, False]


@pytest.mark.parametrize("text", ["", "abc", SHA256.upper(), f"{BOTH},{SHA256}", f"{SHA256},"])
def test_a_lock_without_a_digest_does_not_start(text: str, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(SettingsError, match="ORIGIN_SECRET_SHA256"):
        locked(monkeypatch, text)


def test_a_route_asks_before_anything_else_and_gives_no_hint(
    capsys: pytest.CaptureFixture[str],
):
    calls: list[Request] = []

    def call(request: Request) -> Response:
        calls.append(request)
        return Response(200)

    handler = endpoint(call)
    event = http_event(user="6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f60")
    answer = handler({**event, "headers": {"x-origin-secret": "guessed-0815"}}, Context())
    assert (answer["statusCode"], body_of(answer)["type"]) == (
        403,
        "/problems/not-through-the-edge",
    )
    assert calls == []
    assert lock.HEADER not in answer["body"], "it says not what is missing"
    assert "guessed-0815" not in capsys.readouterr().out, "what was guessed stands in no log"
    assert handler(event, Context())["statusCode"] == 200


def test_health_is_locked_too():
    from lambdas.documents.aws.health.show import handler

    assert handler(http_event(), Context())["statusCode"] == 200
    answer = handler({}, Context())
    assert (answer["statusCode"], body_of(answer)["type"]) == (
        403,
        "/problems/not-through-the-edge",
    )


def test_who_asks_and_under_which_name_is_what_the_edge_says():
    event = through({"requestContext": {"http": {"sourceIp": "198.51.100.1"}}})
    request = Request(event, None)  # pyright: ignore[reportArgumentType]
    assert (request.address, request.host) == (ADDRESS, HOST)


@pytest.mark.parametrize("host", ["", "a b", "x/y", "a:123456", "é.example", "u@h", "h\r\nx: y"])
def test_a_host_that_is_none_is_refused(host: str):
    handler = endpoint(lambda request: Response(200, {"host": request.host}))
    answer = handler(through(http_event(), x_viewer_host=host), Context())
    assert (answer["statusCode"], body_of(answer)["type"]) == (400, "/problems/malformed")
