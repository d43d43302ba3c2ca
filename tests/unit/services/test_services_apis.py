"""What the emulator adds to HTTP APIs, as far as it needs no emulator: buckets, lines, CORS."""

from __future__ import annotations

import base64
import importlib
import json
import sys
from threading import Lock
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from pilaster_local.services import environment


@pytest.fixture(autouse=True)
def apis(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """The modules by name, loaded from their files: they live in another environment."""
    package = ModuleType("pilaster_emulator")
    package.__path__ = [str(environment.PROJECT / "pilaster_emulator")]
    monkeypatch.setitem(sys.modules, "pilaster_emulator", package)
    loaded: dict[str, ModuleType] = {}
    monkeypatch.setitem(sys.modules, "pilaster_emulator.permissions", ModuleType("permissions"))
    for name in ("request", "throttling", "access_log", "cors", "tokens", "integrations"):
        whole = f"pilaster_emulator.apis.{name}"
        monkeypatch.delitem(sys.modules, whole, raising=False)
        loaded[name] = importlib.import_module(whole)
        monkeypatch.setitem(sys.modules, whole, loaded[name])
    return loaded


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(buckets: Any, times: int, key: str = "a", rate: float = 2, burst: int = 3) -> int:
    return sum(buckets.take(key, rate, burst) for _ in range(times))


def test_a_bucket_gives_its_burst_and_refills_at_its_rate(apis: dict[str, Any]):
    clock = Clock()
    buckets = apis["throttling"].Buckets(clock)
    assert taken(buckets, 10) == 3
    clock.now += 0.4
    assert taken(buckets, 1) == 0, "0.8 of a token is none"
    clock.now += 0.1
    assert taken(buckets, 10) == 1
    clock.now += 3600
    assert taken(buckets, 10) == 3, "it never holds more than its burst"


def test_over_a_minute_a_bucket_gives_its_burst_and_its_rate(apis: dict[str, Any]):
    clock = Clock()
    buckets = apis["throttling"].Buckets(clock)
    passed = 0
    for _ in range(60 * 8):  # asked four times as often as it lets through
        passed += taken(buckets, 1)
        clock.now += 1 / 8
    assert passed == 3 + 60 * 2 - 1, "the last token of the minute is not asked for any more"


def test_each_key_has_a_bucket_of_its_own(apis: dict[str, Any]):
    buckets = apis["throttling"].Buckets(Clock())
    assert (taken(buckets, 9, "a"), taken(buckets, 9, "b")) == (3, 3)


def test_a_limit_that_changes_holds_from_the_next_request_on(apis: dict[str, Any]):
    clock = Clock()
    buckets = apis["throttling"].Buckets(clock)
    assert taken(buckets, 9, burst=9) == 9
    clock.now += 3600
    assert taken(buckets, 9, burst=1) == 1


def test_buckets_nobody_asks_go_first(apis: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apis["throttling"], "LARGEST", 2)
    buckets = apis["throttling"].Buckets(Clock())
    assert [buckets.take(key, 1, 1) for key in ("a", "b", "a", "c")] == [True, True, False, True]
    assert buckets.take("b", 1, 1), "its bucket was the longest unused: it is a new one"
    assert not buckets.take("c", 1, 1)


@pytest.mark.parametrize(
    ("stage", "found"),
    [
        ({}, None),
        ({"defaultRouteSettings": {}}, None),
        ({"defaultRouteSettings": {"throttlingRateLimit": 5}}, None),
        ({"defaultRouteSettings": {"throttlingRateLimit": 5, "throttlingBurstLimit": 9}}, (5, 9)),
        (
            {
                "defaultRouteSettings": {"throttlingRateLimit": 5, "throttlingBurstLimit": 9},
                "routeSettings": {
                    "GET /a": {"throttlingRateLimit": 0.5, "throttlingBurstLimit": 1},
                },
            },
            (0.5, 1),
        ),
        (
            {
                "defaultRouteSettings": {"throttlingRateLimit": 5, "throttlingBurstLimit": 9},
                "routeSettings": {"GET /a": {"throttlingRateLimit": 0.5}},
            },
            None,
        ),
        (
            {
                "routeSettings": {
                    "GET /b": {"throttlingRateLimit": 1, "throttlingBurstLimit": 1},
                },
            },
            None,
        ),
    ],
)
def test_a_route_has_its_own_limits_in_the_place_of_its_stage_s(
    apis: dict[str, Any], stage: dict[str, Any], found: tuple[float, int] | None
):
    assert apis["throttling"].limits(stage, "GET /a") == found


def test_a_line_has_its_variables_filled_in_and_a_dash_for_what_is_not_known(
    apis: dict[str, Any],
):
    line = apis["access_log"].line
    known = {"requestId": "r1=", "status": 200, "path": "", "error.message": "no", "error": "x"}
    assert line("$context.requestId $context.status.", known) == "r1= 200."
    assert line("$context.path $context.nonsense $context.error.message", known) == "- - no"
    assert line("$contextual $ctx", known) == "$contextual $ctx"


def test_no_value_ends_a_string_or_a_line(apis: dict[str, Any]):
    found = apis["access_log"].line('{"agent":"$context.a"}\n', {"a": 'x"\n{"level":"y'})
    assert json.loads(found) == {"agent": 'x"\n{"level":"y'}
    assert "\n" not in found


def test_the_quoted_message_is_json_as_it_stands(apis: dict[str, Any]):
    request = apis["request"].Request("api", "$default", "GET", "/x", "0", "eu")
    line, format = apis["access_log"].line, '{"message":$context.error.messageString}'
    refused = apis["access_log"].values(request, 401, b'{"message":"say \\"no\\""}')
    assert json.loads(line(format, refused)) == {"message": 'say "no"'}
    assert line(format, {}) == '{"message":-}'


@pytest.mark.parametrize(
    ("answer", "made"),
    [
        ({"statusCode": 204, "body": None, "headers": None}, {"statusCode": 204, "body": ""}),
        ({"statusCode": "201", "body": "x"}, {"statusCode": 201, "body": "x"}),
        ({"body": "aGk=", "isBase64Encoded": True}, {"statusCode": 200, "body": "aGk="}),
        ({"headers": {"x-n": 5, "x-b": True}}, {"headers": {"x-n": 5, "x-b": True}}),
    ],
)
def test_what_api_gateway_takes_for_an_answer_has_one_shape(
    apis: dict[str, Any], answer: dict[str, Any], made: dict[str, Any]
):
    found = apis["integrations"].well_formed(answer)
    assert {name: found[name] for name in made} == made
    assert (type(found["statusCode"]), type(found["body"])) == (int, str)
    assert (type(found["headers"]), type(found["cookies"])) == (dict, list)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"statusCode": "secret"}, "statusCode"),
        ({"statusCode": None}, "statusCode"),
        ({"statusCode": True}, "statusCode"),
        ({"statusCode": 99}, "statusCode"),
        ({"statusCode": 1000}, "statusCode"),
        ({"headers": ["secret"]}, "headers"),
        ({"headers": {"x-n": ["secret"]}}, "header"),
        ({"headers": {"x-n": "secret\r\nset-cookie: a"}}, "header"),
        ({"headers": {"x n": "secret"}}, "header"),
        ({"cookies": "secret=1"}, "cookies"),
        ({"cookies": ["a=secret\r\nx: y"]}, "cookies"),
        ({"body": {"secret": 1}}, "body"),
        ({"body": 5}, "body"),
        ({"body": "secret", "isBase64Encoded": True}, "base64"),
    ],
)
def test_what_is_no_answer_is_refused_without_what_it_holds(
    apis: dict[str, Any], answer: dict[str, Any], why: str
):
    with pytest.raises(ValueError, match=why) as refused:
        apis["integrations"].well_formed(answer)
    assert "secret" not in str(refused.value)


def test_a_log_keeps_its_newest_lines(apis: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apis["access_log"], "LINES", 10)
    events = [{"eventId": number} for number in range(11)]
    stream = {"events": events}
    logs = SimpleNamespace(_log_events_lock=Lock(), _log_records=dict.fromkeys(range(11)))
    apis["access_log"]._trim(logs, stream)
    assert stream["events"] == events[1:]
    assert list(logs._log_records) == list(range(1, 11))


def test_an_id_is_drawn_as_api_gateway_draws_its_own(apis: dict[str, Any]):
    drawn = {apis["request"].new_id() for _ in range(100)}
    assert len(drawn) == 100
    assert {(len(each), each[-1]) for each in drawn} == {(16, "=")}


def test_the_gateways_own_refusal_is_in_its_line_and_a_functions_is_not(apis: dict[str, Any]):
    request = apis["request"].Request("api", "$default", "GET", "/x", "0", "eu")
    values = apis["access_log"].values
    body = b'{"message":"Unauthorized"}'
    assert values(request, 401, body)["error.message"] == "Unauthorized"
    request.integration_seconds, request.integration_status = 0.25, 401
    answered = values(request, 401, body)
    assert answered["error.message"] is None
    assert (answered["integrationLatency"], answered["integrationStatus"]) == (250, 401)


CONFIGURATION = {"allowOrigins": ["https://a.example"], "allowMethods": ["GET", "PUT"], "maxAge": 5}


@pytest.mark.parametrize(
    ("configuration", "origin", "granted"),
    [
        (CONFIGURATION, "https://a.example", "https://a.example"),
        (CONFIGURATION, "https://A.example", None),
        (CONFIGURATION, "", None),
        ({"allowOrigins": ["*"]}, "https://any.example", "*"),
        ({"allowOrigins": ["https://*"]}, "https://any.example", "https://any.example"),
        ({"allowOrigins": ["https://*"]}, "http://any.example", None),
        ({"allowOrigins": ["https://*"]}, "null", None),
        ({}, "https://a.example", None),
    ],
)
def test_an_origin_is_granted_as_it_is_named(
    apis: dict[str, Any], configuration: dict[str, Any], origin: str, granted: str | None
):
    headers = apis["cors"].response_headers(configuration, origin)
    assert headers.get("Access-Control-Allow-Origin") == granted
    assert bool(apis["cors"].preflight_headers(configuration, origin)) == (granted is not None)


def test_credentials_are_never_granted_to_everybody(apis: dict[str, Any]):
    headers = apis["cors"].response_headers
    named = {"allowOrigins": ["https://a.example"], "allowCredentials": True}
    assert headers(named, "https://a.example")["Access-Control-Allow-Credentials"] == "true"
    everybody = {"allowOrigins": ["*"], "allowCredentials": True}
    assert "Access-Control-Allow-Credentials" not in headers(everybody, "https://a.example")


def token(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"head.{body}.signature"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", ""),
        ("nonsense", "token contains an invalid number of segments"),
        ("a.b.c", "invalid token"),
        ("a.bnVsbA.c", "invalid token"),
        (token(exp=1, client_id="client"), "the token has expired"),
        (token(exp=4e9, client_id="other"), "valid audience"),
        (token(aud=["x", "client"]), "invalid token"),
        (token(client_id="client"), "invalid token"),
        ("W10.W10.c", "invalid token"),
        (token(exp=10**400), "invalid token"),
        (f"a.{base64.urlsafe_b64encode(b'[' * 30_000).decode()}.c", "invalid token"),
    ],
)
def test_a_refused_token_is_told_why(apis: dict[str, Any], given: str, why: str):
    assert apis["tokens"].complaint(given, ["client"]).endswith(why)
    assert apis["tokens"].challenge("") == "Bearer"
