"""Google's edge of the notes service: what a request becomes, and how it logs in."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.service.gcp.http import decode, encode, request_id
from lambdas.service.http import Response
from lambdas.service.wire import MAX_BODY
from lambdas.shared.gcp.login import SPARE_SECONDS, Login


def told(claims: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


def request(**changed: Any) -> Any:
    body = changed.pop("body", b"")
    said: dict[str, Any] = {
        "method": "GET",
        "path": "/api/v1/notes",
        "environ": {"RAW_URI": "/api/v1/notes/%2e%2e?q=a%2Bb&tag=%C3%BC"},
        "headers": {},
        "stream": BytesIO(body),
    }
    return SimpleNamespace(**{**said, **changed})


def test_path_and_query_arrive_as_the_client_wrote_them():
    found = decode(request(), seconds=25)
    assert (found.path, found.query) == ("/api/v1/notes/%2e%2e", "q=a%2Bb&tag=%C3%BC")


@pytest.mark.parametrize(
    ("header", "user"),
    [
        (told({"sub": "anna"}), "anna"),
        (told({"sub": "ü"}), "ü"),
        (told({"sub": ""}), None),
        (told({"sub": 7}), None),
        (told({"email": "a@b"}), None),
        (told(["sub"]), None),
        ("", None),
        ("%%%", None),
        ("AAAA", None),
        (base64.urlsafe_b64encode(b"\xff{").decode(), None),
    ],
)
def test_the_user_is_who_the_gateway_says_and_nobody_where_it_says_none(header: str, user: object):
    found = decode(request(headers={"X-Apigateway-Api-Userinfo": header}), seconds=25)
    assert found.user == user


def test_of_a_huge_body_one_byte_more_than_is_taken_is_read():
    found = decode(request(body=b"x" * (MAX_BODY * 2)), seconds=25)
    assert len(found.body) == MAX_BODY + 1


def test_a_request_is_called_as_googles_own_log_calls_it():
    trace = "da7cfd0606fe49f2b4c9bb94eb26ef16"
    assert request_id(f"{trace}/123;o=1") == trace
    assert request_id("<script>") != request_id("<script>"), "a new one, and nothing of a client's"


def test_bytes_leave_as_they_are():
    assert encode(Response(status=204)) == (b"", 204, {})
    assert encode(Response(status=200, body=b"\xff", headers={"a": "b"})) == (
        b"\xff",
        200,
        {"a": "b"},
    )


def test_a_token_is_kept_until_shortly_before_it_ends_and_then_fetched_anew():
    now = [0.0]
    fetched: list[float] = []

    def fetch() -> tuple[str, int]:
        fetched.append(now[0])
        return f"token {len(fetched)}", 3600

    login = Login(fetch, lambda: now[0])
    assert [login.token(), login.token()] == ["token 1", "token 1"]
    now[0] = 3600 - SPARE_SECONDS - 1
    assert login.token() == "token 1"
    now[0] += 1
    assert login.token() == "token 2"
    assert fetched == [0.0, 3600 - SPARE_SECONDS]


def test_the_edge_is_imported_without_googles_host():
    import lambdas.service.gcp.api as api

    assert callable(api.handler)
