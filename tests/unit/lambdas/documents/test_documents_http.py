"""The edge: what comes in from API Gateway, and what goes out."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.documents.aws.http import (
    LAST_SECONDS,
    MAX_BODY,
    Request,
    Response,
    endpoint,
)
from lambdas.documents.aws.problems import problem_of
from lambdas.documents.model import errors
from lambdas.documents.model.errors import Fault
from tests.support.documents_aws import Context, body_of, http_event

USER = "6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f60"


@endpoint
def echo(request: Request) -> Response:
    return Response(200, {"got": request.json()})


@endpoint
def who(request: Request) -> Response:
    return Response(200, {"user": request.user})


def raising(error: Exception) -> dict[str, Any]:
    def call(request: Request) -> Response:
        raise error

    return endpoint(call)(http_event(), Context())


def test_a_json_object_is_taken():
    answer = echo(http_event({"name": "ünïcödé"}), Context())
    assert (answer["statusCode"], body_of(answer)) == (200, {"got": {"name": "ünïcödé"}})


def test_a_body_in_base64_is_taken():
    raw = base64.b64encode(b'{"a":1}').decode()
    assert echo(http_event(raw=raw, isBase64Encoded=True), Context())["statusCode"] == 200


def test_header_names_may_be_written_in_any_case():
    event = http_event(raw="{}", headers={"Content-Type": "application/json; charset=utf-8"})
    assert echo(event, Context())["statusCode"] == 200


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "7",
        '{"size": NaN}',
        '{"a":1} trailing',
        "[" * 10_000,
        '{"size": ' + "9" * 5_000 + "}",
        "\ud800",
    ],
)
def test_a_body_that_is_no_json_object_is_malformed(raw: str):
    answer = echo(http_event(raw=raw), Context())
    assert (answer["statusCode"], body_of(answer)["type"]) == (400, "/problems/malformed")


@pytest.mark.parametrize("raw", ["%%%", base64.b64encode(b"\xff\xfe{}").decode()])
def test_a_body_that_is_no_text_is_malformed(raw: str):
    assert echo(http_event(raw=raw, isBase64Encoded=True), Context())["statusCode"] == 400


@given(st.text() | st.binary().map(lambda data: base64.b64encode(data).decode()), st.booleans())
def test_no_body_makes_the_edge_fall(raw: str, encoded: bool):
    answer = echo(http_event(raw=raw, isBase64Encoded=encoded), Context())
    assert answer["statusCode"] in (200, 400)


def test_a_body_larger_than_any_request_is_refused_unread():
    raw = json.dumps({"name": "a" * MAX_BODY})
    assert echo(http_event(raw=raw), Context())["statusCode"] == 413


@pytest.mark.parametrize("kind", [None, "text/plain", "multipart/form-data", "", "application/xml"])
def test_a_body_that_is_not_declared_as_json_is_refused(kind: str | None):
    assert echo(http_event({}, content_type=kind), Context())["statusCode"] == 415


def test_the_user_comes_from_the_verified_token():
    assert body_of(who(http_event(user=USER), Context())) == {"user": USER}


@pytest.mark.parametrize(
    "claims",
    [{}, {"sub": "not-a-uuid"}, {"sub": f"{USER}/../other"}, {"sub": USER, "token_use": "id"}],
)
def test_a_token_that_names_nobody_or_is_no_access_token_is_refused(claims: dict[str, str]):
    event = http_event(requestContext={"authorizer": {"jwt": {"claims": claims}}})
    answer = who(event, Context())
    assert answer["statusCode"] == 401
    assert answer["headers"]["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_request_without_a_token_is_refused():
    assert who(http_event(), Context())["statusCode"] == 401


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.DocumentNotFoundError("x"), 404),
        (errors.InvalidInputError([Fault("name", "must be text")]), 422),
        (errors.InvalidQueryError([Fault("cursor", "must be ours")]), 400),
        (errors.WrongCredentialsError(), 401),
        (errors.TooManyAttemptsError(), 429),
        (errors.DatabaseUnavailableError("paused"), 503),
        (errors.StorageUnavailableError("slow"), 503),
        (errors.AccountsUnavailableError("slow"), 503),
        (RuntimeError("boom"), 500),
    ],
)
def test_what_the_domain_raises_is_a_problem_document(error: Exception, status: int):
    answer = raising(error)
    body = body_of(answer)
    assert answer["statusCode"] == body["status"] == status
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert body["request_id"] == answer["headers"]["x-request-id"] == "request-1"
    assert {"type", "title", "detail"} <= set(body)


@pytest.mark.parametrize("kind", [errors.InvalidInputError, errors.InvalidQueryError])
def test_a_broken_rule_names_its_field(kind: type[errors.InvalidInputError]):
    body = body_of(raising(kind([Fault("size", "must be less"), Fault("name", "must be text")])))
    assert body["errors"] == [
        {"field": "size", "message": "must be less"},
        {"field": "name", "message": "must be text"},
    ]


def test_what_passes_says_when_to_come_back():
    for error in (errors.DatabaseUnavailableError("x"), errors.TooManyAttemptsError()):
        assert int(raising(error)["headers"]["retry-after"]) > 0


def test_an_unforeseen_error_tells_the_client_nothing_of_itself(capsys: pytest.CaptureFixture[str]):
    answer = raising(RuntimeError("Failing row contains (secret lesson)"))
    logged = capsys.readouterr().out
    assert "secret lesson" not in answer["body"] + logged
    line = json.loads(logged)
    assert (line["level"], line["error"]) == ("ERROR", "RuntimeError")
    assert (line["request_id"], line["invocation_id"]) == ("request-1", "invocation-1")
    assert any("test_documents_http" in place for place in line["where"])


def test_an_answer_is_never_kept_by_a_cache():
    for answer in (echo(http_event({}), Context()), raising(RuntimeError())):
        assert answer["headers"]["cache-control"] == "no-store"


def test_every_answer_names_its_request():
    assert echo(http_event({}), Context())["headers"]["x-request-id"] == "request-1"


def test_a_call_that_did_not_come_through_the_api_is_named_by_its_invocation():
    answer = echo(http_event({}, requestContext={}), Context())
    assert answer["headers"]["x-request-id"] == "invocation-1"


def lines_with(capsys: pytest.CaptureFixture[str], given: str) -> list[dict[str, Any]]:
    headers = {"content-type": "application/json", "X-Request-Id": given}
    answer = echo(http_event({}, headers=headers), Context())
    assert answer["headers"]["x-request-id"] == "request-1", "what a client says is never the id"
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("given", ["7f3c", "web:2026-11-21.0001", "A" * 64])
def test_a_clients_own_id_of_its_request_is_logged(capsys: pytest.CaptureFixture[str], given: str):
    assert [line["client_request_id"] for line in lines_with(capsys, given)] == [given]


@pytest.mark.parametrize(
    "given", ["", "ann@example.com", "a b", "A" * 65, '"}{"level":"ERROR"', "x\n", "../etc", "é"]
)
def test_what_is_no_id_is_not_logged_as_one(capsys: pytest.CaptureFixture[str], given: str):
    assert all("client_request_id" not in line for line in lines_with(capsys, given))


def test_what_takes_too_long_is_answered_before_lambda_ends_it(
    capsys: pytest.CaptureFixture[str],
):
    def call(request: Request) -> Response:
        time.sleep(30)
        raise AssertionError("it was left to sleep")

    answer = endpoint(call)(http_event(), Context(seconds_left=LAST_SECONDS + 0.05))
    assert (answer["statusCode"], body_of(answer)["type"]) == (503, "/problems/out-of-time")
    assert int(answer["headers"]["retry-after"]) > 0
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["error"]) == ("ERROR", "OutOfTimeError")
    assert any("test_documents_http" in place for place in line["where"]), "where the time went"


def test_an_error_of_a_kind_nobody_named_is_ours():
    assert problem_of(KeyError("x")).status == 500
