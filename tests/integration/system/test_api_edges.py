"""What the deployed API says no with: every status, its words, its request's id, its throttle."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
import pytest
from pilaster_cli.api import Api

from tests.support.deployed import Deployed
from tests.support.local_cloud import eventually
from tests.support.patient import http

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

DOCUMENTS = "/api/v1/documents"
LOGIN = "/api/v1/auth/login"


@pytest.fixture(scope="module")
def url(system: Deployed) -> str:
    return system.outputs["api_url"]


@pytest.fixture(scope="module")
def token(system: Deployed) -> dict[str, str]:
    api: Api = system.user()
    return {"Authorization": f"Bearer {api.token}"}


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The document, once what every problem has in common is held."""
    body = answer.json()
    assert (answer.status_code, body["status"]) == (status, status)
    assert body["type"] == f"/problems/{kind}"
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.headers["x-request-id"]
    assert told == answer.headers["apigw-requestid"] == body["request_id"]
    return body


def test_an_address_that_is_none_is_a_problem(url: str) -> None:
    problem(http.get(f"{url}/api/v1/nothing"), 404, "unknown-route")


def test_a_method_that_is_none_is_told_those_there_are(url: str) -> None:
    answer = http.put(f"{url}{DOCUMENTS}/{uuid.uuid4()}")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "DELETE, GET"


def test_a_body_that_is_not_json_is_a_problem(url: str, token: dict[str, str]) -> None:
    as_json = {**token, "content-type": "application/json"}
    broken = http.post(f"{url}{DOCUMENTS}", headers=as_json, content=b"{")
    problem(broken, 400, "malformed")
    undeclared = http.post(f"{url}{DOCUMENTS}", headers=token, content=b"{}")
    problem(undeclared, 415, "unsupported-media-type")


@pytest.mark.parametrize("size", [17 * 1024, 3 * 2**20])
def test_a_body_that_is_too_large_is_a_problem(url: str, token: dict[str, str], size: int) -> None:
    as_json = {**token, "content-type": "application/json"}
    answer = http.post(f"{url}{DOCUMENTS}", headers=as_json, content=b" " * size)
    problem(answer, 413, "too-large")


def test_a_body_that_breaks_a_rule_is_a_problem_that_names_the_field(
    url: str, token: dict[str, str]
) -> None:
    answer = http.post(f"{url}{DOCUMENTS}", headers=token, json={"name": "a.png"})
    assert problem(answer, 422, "invalid")["errors"]


def test_a_wrong_password_is_a_problem(url: str) -> None:
    body = {"email": f"{uuid.uuid4().hex}@example.com", "password": "Wrong-horse-99"}
    problem(http.post(f"{url}{LOGIN}", json=body), 401, "wrong-credentials")


def test_a_token_the_gateway_does_not_take_is_no_problem_and_names_its_request(url: str) -> None:
    """The words are the gateway's: {"message"} and application/json tell the two apart."""
    answer = http.get(f"{url}{DOCUMENTS}")
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["apigw-requestid"]
    assert "x-request-id" not in answer.headers


def lines(system: Deployed, group: str) -> list[dict[str, Any]]:
    events = system.client("logs").filter_log_events(logGroupName=group)["events"]
    found = [each["message"] for each in events]
    return [json.loads(each) for each in found if each.startswith("{")]


def test_a_request_is_found_in_every_log_by_the_id_it_was_told(
    system: Deployed, url: str, token: dict[str, str]
) -> None:
    body = {"name": "a.png", "content_type": "image/png", "size": 10}
    mine = {**token, "X-Request-Id": "test-7"}
    answer = http.post(f"{url}{DOCUMENTS}", headers=mine, json=body)
    told, document = answer.headers["x-request-id"], answer.json()["id"]
    assert told != "test-7"

    groups = system.client("logs").describe_log_groups()["logGroups"]
    [access] = [each["logGroupName"] for each in groups if "/apigateway/" in each["logGroupName"]]
    [line] = [each for each in lines(system, access) if each["requestId"] == told]
    assert (line["route"], line["status"]) == (f"POST {DOCUMENTS}", "201")

    function = "/aws/lambda/pilaster-local-documents-api-post-api-v1-documents"
    mine_too = eventually(
        lambda: [each for each in lines(system, function) if each.get("request_id") == told]
    )
    assert {each["client_request_id"] for each in mine_too} == {"test-7"}
    [created] = [each for each in mine_too if each["message"] == "document created"]
    assert created["document"] == document, "from here on it is the document that is followed"


def test_a_route_where_passwords_are_guessed_is_soon_full(url: str) -> None:
    body = {"email": "nobody@example.com", "password": "x"}
    answers = [http.post(f"{url}{LOGIN}", json=body) for _ in range(60)]
    turned_away = [each for each in answers if each.status_code == 429]
    assert turned_away
    by_gateway = [each for each in turned_away if "type" not in each.json()]
    assert {each.text for each in by_gateway} <= {'{"message":"Too Many Requests"}'}
    ours = [each for each in turned_away if each not in by_gateway]
    assert ours, "wrong attempts at one account are counted, however slowly they come"
    assert {each.json()["type"] for each in ours} == {"/problems/too-many-attempts"}
    assert all(int(each.headers["retry-after"]) > 0 for each in ours)
    assert http.get(f"{url}/health").status_code == 200, "no other route is full"


LIST = "pilaster-local-documents-api-get-api-v1-documents"


@pytest.mark.parametrize(
    ("variable", "value", "status", "kind"),
    [
        ("DATABASE_PORT", "1", 503, "unavailable"),
        ("DATABASE_USER", "nobody", 500, "internal"),
    ],
    ids=["nobody answers", "our own mistake"],
)
def test_what_breaks_behind_the_api_is_a_problem_without_details(
    system: Deployed,
    url: str,
    token: dict[str, str],
    variable: str,
    value: str,
    status: int,
    kind: str,
) -> None:
    functions = system.client("lambda")
    held = functions.get_function_configuration(FunctionName=LIST)["Environment"]["Variables"]

    def set_to(variables: dict[str, str]) -> None:
        functions.update_function_configuration(
            FunctionName=LIST, Environment={"Variables": variables}
        )

    set_to({**held, variable: value})
    try:
        answer = http.get(f"{url}{DOCUMENTS}", headers=token, timeout=40)
        problem(answer, status, kind)
        assert ("retry-after" in answer.headers) == (status == 503)
        for word in ("nobody", "psycopg", "Traceback", "Refused", "127.0.0.1"):
            assert word not in answer.text
    finally:
        set_to(held)
    assert http.get(f"{url}{DOCUMENTS}", headers=token, timeout=40).status_code == 200


ORIGIN = "https://app.example"


def preflight(address: str, method: str, origin: str, headers: str) -> httpx.Response:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    return http.options(address, headers=asked)


def test_a_page_of_a_named_origin_may_call_and_upload_and_one_of_another_may_not(
    system: Deployed, token: dict[str, str]
) -> None:
    named = f"  pilaster:allowed_origins: [{ORIGIN}]\n"
    with system.changed("Pulumi.local.yaml", lambda text: text + named):
        assert system.up()["update"] == 2, "the API, and the bucket's rule"
        _check_pages(system, token)
    system.up()
    url = system.outputs["api_url"]
    assert http.get(f"{url}/health", headers={"Origin": ORIGIN}).headers.get(ALLOWED) is None


ALLOWED = "access-control-allow-origin"


def _check_pages(system: Deployed, token: dict[str, str]) -> None:
    url = system.outputs["api_url"]
    before = preflight(f"{url}{DOCUMENTS}", "POST", ORIGIN, "authorization,content-type")
    assert (before.status_code, before.headers[ALLOWED]) == (204, ORIGIN)
    assert (
        before.headers["access-control-allow-headers"] == "authorization,content-type,x-request-id"
    )
    assert "access-control-allow-credentials" not in before.headers
    other = preflight(f"{url}{DOCUMENTS}", "POST", "https://evil.example", "authorization")
    assert ALLOWED not in other.headers

    body = {"name": "a.png", "content_type": "image/png", "size": 4}
    made = http.post(f"{url}{DOCUMENTS}", headers={**token, "Origin": ORIGIN}, json=body)
    assert made.headers[ALLOWED] == ORIGIN
    exposed = made.headers["access-control-expose-headers"].split(",")
    assert {"x-request-id", "location", "retry-after"} <= set(exposed)
    lost = http.get(f"{url}/api/v1/nothing", headers={"Origin": ORIGIN})
    assert (lost.status_code, lost.headers[ALLOWED]) == (404, ORIGIN), "problems can be read too"

    upload = made.json()["upload"]
    names = ",".join(name.lower() for name in upload["headers"])
    stored = preflight(upload["url"], "PUT", ORIGIN, names)
    assert (stored.status_code, stored.headers[ALLOWED]) == (200, ORIGIN)
    own = system.outputs["site_url"]
    assert preflight(upload["url"], "PUT", own, names).headers[ALLOWED] == own
    assert ALLOWED not in preflight(upload["url"], "PUT", "https://evil.example", names).headers


def test_what_the_api_says_of_itself_is_public_and_has_this_stacks_limit(url: str) -> None:
    answer = http.get(f"{url}/api/v1/openapi.json")
    made = answer.json()
    assert (answer.status_code, made["openapi"]) == (200, "3.1.0")
    size = made["components"]["schemas"]["NewDocument"]["properties"]["size"]
    assert size["maximum"] == 20 * 2**20
