"""What stands in for Google Cloud: tokens are really checked, routes are the configuration's."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pilaster_local.services import ports
from pilaster_local.services.google.gateway import Refused, Routes
from pilaster_local.services.google.machine import Machine
from pilaster_local.services.google.places import Places
from pilaster_local.services.stand_ins.tokens import Issuer, TokenError

ISSUER, AUDIENCE = "https://tokens.example", "notes"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer(tmp_path_factory.mktemp("keys"))


def test_a_token_says_who_it_is_of(issuer: Issuer):
    token = issuer.issue("anna", ISSUER, AUDIENCE)
    assert issuer.claims(token, ISSUER, [AUDIENCE])["sub"] == "anna"


def test_a_key_is_drawn_once(tmp_path: Path):
    token = Issuer(tmp_path).issue("anna", ISSUER, AUDIENCE)
    assert Issuer(tmp_path).claims(token, ISSUER, [AUDIENCE])["sub"] == "anna"
    assert (tmp_path / "tokens.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (lambda i: i.issue("a", "https://other.example", AUDIENCE), "issuer is not configured"),
        (lambda i: i.issue("a", ISSUER, "another"), "Audiences in Jwt are not allowed"),
        (lambda i: i.issue("a", ISSUER, AUDIENCE, seconds=-1), "Jwt is expired"),
        (lambda i: i.issue("a", ISSUER, AUDIENCE)[:-8] + "AAAAAAAA", "verification fails"),
        (lambda i: i.issue("a", ISSUER, AUDIENCE).rsplit(".", 1)[0] + ".", "verification fails"),
        (lambda i: "a.b", "not in the form"),
        (lambda i: "a.b.c", "invalid JSON"),
        (lambda i: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "[alg] field value is invalid"),
        (lambda i: "W10.e30.AAAA", "invalid JSON"),
    ],
)
def test_a_token_that_is_not_good_is_refused_with_the_reason(issuer: Issuer, spoilt, why: str):
    with pytest.raises(TokenError) as refused:
        issuer.claims(spoilt(issuer), ISSUER, [AUDIENCE])
    assert why in str(refused.value)


def test_another_machines_token_is_nobodys(issuer: Issuer, tmp_path: Path):
    token = Issuer(tmp_path).issue("anna", ISSUER, AUDIENCE)
    with pytest.raises(TokenError, match="verification fails"):
        issuer.claims(token, ISSUER, [AUDIENCE])


ROUTES = Routes(
    {
        "paths": {
            "/health": {"get": {"security": []}},
            "/api/{rest=**}": {"get": {"security": [{"tokens": []}]}, "put": {}},
            "/one/{id}": {"get": {}},
        },
        "security": [{"tokens": []}],
        "securityDefinitions": {
            "tokens": {"x-google-issuer": ISSUER, "x-google-audiences": AUDIENCE}
        },
        "x-google-backend": {"address": "http://127.0.0.1:1", "deadline": 5},
    }
)


@pytest.mark.parametrize(
    ("method", "path", "wants"),
    [
        ("GET", "/health", False),
        ("GET", "/api/", True),
        ("GET", "/api/a/b", True),
        ("PUT", "/api/x", True),
        ("GET", "/one/x", True),
    ],
)
def test_a_route_wants_a_token_unless_it_says_none(method: str, path: str, wants: bool):
    assert ROUTES.wants_token(method, path) is wants


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/healthy", 404),
        ("GET", "/one/x/y", 404),
        ("GET", "/one/", 404),
        ("POST", "/health", 405),
        ("DELETE", "/api/x", 405),
    ],
)
def test_what_is_no_route_is_refused(method: str, path: str, status: int):
    with pytest.raises(Refused) as refused:
        ROUTES.wants_token(method, path)
    assert refused.value.status == status


def test_a_thing_keeps_its_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ports, "is_free", lambda _: True)
    token = "gcp:cloudfunctionsv2/function:Function"
    first = Machine(tmp_path, "local-gcp").made(token, {"name": "api"})[1]["url"]
    other = Machine(tmp_path, "local-gcp").made(token, {"name": "migrate"})[1]["url"]
    assert first != other
    assert Machine(tmp_path, "local-gcp").made(token, {"name": "api"})[1]["url"] == first


def test_a_deep_projects_sockets_lie_where_their_path_fits(tmp_path: Path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    assert len(str(Places(deep, "local-gcp").sockets)) < 90
    assert Places(Path("/p"), "s").sockets == Places(Path("/p"), "s").postgres


def test_tokens_end(issuer: Issuer):
    claims = issuer.claims(issuer.issue("a", ISSUER, AUDIENCE, 60), ISSUER, [AUDIENCE])
    assert 0 < claims["exp"] - time.time() <= 60
