"""HTTP APIs as API Gateway has them: ids, throttles, preflights, refusals, a line per request."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from pilaster.packaging.closure import closure
from pilaster.packaging.source import read
from pilaster_local.services.platform import Platform

from tests.support import edge
from tests.support.local_cloud import ACCOUNT, REGION, Cloud, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

ROOT = Path(__file__).parents[3]
ORIGIN = "https://app.example"
CORS = {
    "AllowOrigins": [ORIGIN],
    "AllowMethods": ["GET"],
    "AllowHeaders": ["authorization"],
    "ExposeHeaders": ["x-request-id", "retry-after"],
    "MaxAge": 600,
}
FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "route": "$context.routeKey",
        "status": "$context.status",
        "bytes": "$context.responseLength",
        "milliseconds": "$context.responseLatency",
        "functionMilliseconds": "$context.integrationLatency",
        "functionError": "$context.integrationErrorMessage",
        "authorizerError": "$context.authorizer.error",
        "nonsense": "$context.nonsense",
    }
)
ECHO = """
    import json, time

    def handler(event, context):
        asked = event["rawPath"]
        if asked == "/broken":
            raise RuntimeError("row (secret)")
        if asked == "/slow":
            time.sleep(40)
        context = event["requestContext"]
        headers = {"access-control-allow-origin": "*", "Access-Control-Allow-Methods": "PUT"}
        said = {"id": context["requestId"], "route": context["routeKey"],
                "method": context["http"]["method"]}
        return {"statusCode": 200, "headers": headers, "body": json.dumps(said)}
"""


@dataclass
class Api:
    """An HTTP API with a stage whose access log somebody reads."""

    cloud: Cloud
    id: str
    group: str
    integration: str
    routes: dict[str, str] = field(default_factory=dict)

    def route(self, key: str, **more: Any) -> None:
        made = self.cloud.client("apigatewayv2").create_route(
            ApiId=self.id, RouteKey=key, Target=f"integrations/{self.integration}", **more
        )
        self.routes[key] = made["RouteId"]

    def throttle(self, key: str, rate: float, burst: int) -> None:
        limits = {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}
        self.cloud.client("apigatewayv2").update_stage(
            ApiId=self.id, StageName="$default", RouteSettings={key: limits}
        )

    def call(self, method: str, path: str, **headers: str) -> httpx.Response:
        url = f"{self.cloud.platform.endpoint}/_aws/execute-api/{self.id}{path}"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.request(method, url, headers=given, timeout=60, trust_env=False)

    def lines(self) -> list[dict[str, Any]]:
        found = self.cloud.client("logs").filter_log_events(logGroupName=self.group)["events"]
        return [json.loads(each["message"]) for each in found]

    def line(self, answer: httpx.Response) -> dict[str, Any]:
        """The one line of this answer."""
        told = answer.headers["apigw-requestid"]
        [found] = [each for each in self.lines() if each["requestId"] == told]
        return found


def make(cloud: Cloud, code: str = ECHO, *, cors: dict[str, Any] | None = None, **more: Any) -> Api:
    function = cloud.function(code, **more)
    group = f"/aws/vendedlogs/apigateway/{cloud.name('api')}"
    cloud.client("logs").create_log_group(logGroupName=group)
    client = cloud.client("apigatewayv2")
    configured = {"CorsConfiguration": cors} if cors else {}
    api = client.create_api(Name=cloud.name("api"), ProtocolType="HTTP", **configured)["ApiId"]
    integration = client.create_integration(
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function.arn,
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    client.create_stage(
        ApiId=api,
        StageName="$default",
        AutoDeploy=True,
        DefaultRouteSettings={"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 1000},
        AccessLogSettings={
            "DestinationArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}",
            "Format": FORMAT,
        },
    )
    cloud.client("lambda").add_permission(
        FunctionName=function.name,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/*",
    )
    made = Api(cloud, api, group, integration)
    made.route("GET /things/{id}")
    return made


@pytest.fixture
def api(cloud: Cloud) -> Api:
    return make(cloud)


# --- ids and the line per request -------------------------------------------------------------


def test_a_request_has_one_id_everywhere(api: Api):
    answer = api.call("GET", "/things/1")
    told = answer.headers["apigw-requestid"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", told)
    assert answer.json()["id"] == told
    assert api.line(answer)["requestId"] == told
    assert api.call("GET", "/things/1").headers["apigw-requestid"] != told


def test_a_request_leaves_the_line_its_stage_asks_for(api: Api):
    answer = api.call("GET", "/things/4711")
    line = api.line(answer)
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", line.pop("time"))
    assert 0 <= int(line.pop("functionMilliseconds")) <= int(line.pop("milliseconds"))
    assert line == {
        "requestId": answer.headers["apigw-requestid"],
        "route": "GET /things/{id}",
        "status": "200",
        "bytes": str(len(answer.content)),
        "functionError": "-",
        "authorizerError": "-",
        "nonsense": "-",
    }
    assert "4711" not in json.dumps(api.lines())


def test_a_stage_that_asks_for_no_line_gets_none(cloud: Cloud, api: Api):
    api.call("GET", "/things/1")
    cloud.client("logs").delete_log_group(logGroupName=api.group)
    assert api.call("GET", "/things/1").status_code == 200, "a log that is gone stops no request"


# --- throttles --------------------------------------------------------------------------------


def test_a_route_takes_what_its_stage_says_and_answers_the_rest_as_api_gateway_does(api: Api):
    api.route("GET /other")
    api.throttle("GET /things/{id}", rate=0.5, burst=3)
    statuses = [api.call("GET", f"/things/{number}").status_code for number in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    refused = api.call("GET", "/things/1")
    assert (refused.status_code, refused.content) == (429, b'{"message":"Too Many Requests"}')
    assert refused.headers["content-type"] == "application/json"
    assert api.line(refused)["status"] == "429"
    assert api.call("GET", "/other").status_code == 200, "it is the other route that is full"
    assert eventually(lambda: api.call("GET", "/things/1").status_code == 200), "it refills"


def test_no_more_than_the_burst_pass_at_once(api: Api):
    api.throttle("GET /things/{id}", rate=0.01, burst=5)
    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda n: api.call("GET", f"/things/{n}").status_code, range(20)))
    assert sorted(statuses) == [200] * 5 + [429] * 15


def test_a_stage_takes_settings_of_routes_that_are_there_alone(api: Api):
    with pytest.raises(ClientError, match="Unable to find Route by key GET /later within"):
        api.throttle("GET /later", rate=1, burst=1)
    api.route("GET /later")
    api.throttle("GET /later", rate=1, burst=1)


# --- what the gateway refuses by itself -------------------------------------------------------


def said(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


def test_an_address_without_a_route_is_not_found_and_has_a_line(api: Api):
    answer = api.call("GET", "/nothing")
    assert said(answer) == (404, {"message": "Not Found"})
    assert (api.line(answer)["route"], api.line(answer)["status"]) == ("-", "404")


def test_a_function_that_fails_says_nothing_to_the_client(api: Api):
    api.route("GET /broken")
    answer = api.call("GET", "/broken")
    assert said(answer) == (500, {"message": "Internal Server Error"})
    assert api.line(answer)["functionError"].startswith("The Lambda function returned")
    assert "secret" not in answer.text + json.dumps(api.lines())


ODD = """
    def handler(event, context):
        return {
            "/things/status": {"statusCode": 99},
            "/things/list": {"statusCode": 200, "body": [1]},
            "/things/number": {"statusCode": 200, "body": 5},
            "/things/headers": {"statusCode": 200, "headers": {"x": "a\\r\\nset-cookie: b"}},
            "/things/empty": {"statusCode": 200, "headers": None, "body": None},
            "/things/plain": {"hello": 1},
        }[event["rawPath"]]
"""


@pytest.fixture(scope="module")
def odd(platform: Platform) -> Api:
    return make(Cloud(platform), ODD)


@pytest.mark.parametrize("path", ["status", "list", "number", "headers"])
def test_what_is_no_answer_is_the_function_s_failure_and_has_its_id_and_its_line(
    odd: Api, path: str
):
    answer = odd.call("GET", f"/things/{path}")
    assert said(answer) == (500, {"message": "Internal Server Error"})
    assert "doesn't match the format" in odd.line(answer)["functionError"]


def test_an_answer_may_leave_out_what_there_is_none_of(odd: Api):
    empty = odd.call("GET", "/things/empty")
    assert (empty.status_code, empty.content, odd.line(empty)["bytes"]) == (200, b"", "0")
    assert said(odd.call("GET", "/things/plain")) == (200, {"hello": 1})


def test_a_function_that_is_gone_is_not_named_to_the_client(cloud: Cloud, api: Api):
    [integration] = cloud.client("apigatewayv2").get_integrations(ApiId=api.id)["Items"]
    name = integration["IntegrationUri"].rpartition(":")[2]
    cloud.client("lambda").delete_function(FunctionName=name)
    answer = api.call("GET", "/things/1")
    assert said(answer) == (500, {"message": "Internal Server Error"})
    assert api.line(answer)["functionError"] == "The function does not exist."


def test_what_another_server_answers_is_an_integration_s_answer(cloud: Cloud):
    """With the API's CORS headers, its time in the log, and a 401 that is its own."""
    behind = make(cloud)
    api = make(cloud, cors=CORS)
    api.integration = cloud.client("apigatewayv2").create_integration(
        ApiId=api.id,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri=f"{cloud.platform.endpoint}/_aws/execute-api/{behind.id}",
        PayloadFormatVersion="1.0",
    )["IntegrationId"]
    api.route("GET /nothing")
    answer = api.call("GET", "/nothing", Origin=ORIGIN)
    assert said(answer) == (404, {"message": "Not Found"})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert int(api.line(answer)["functionMilliseconds"]) >= 0
    closed(behind)
    api.route("GET /closed")
    refused = api.call("GET", "/closed", Origin=ORIGIN)
    assert refused.status_code == 401
    assert "www-authenticate" not in refused.headers, "the gateway took no token to refuse"


def test_a_function_the_api_may_not_call_is_not_called(cloud: Cloud, api: Api):
    other = cloud.function("def handler(event, context): return {'statusCode': 200}")
    api.integration = cloud.client("apigatewayv2").create_integration(
        ApiId=api.id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=other.arn,
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    api.route("GET /closed")
    answer = api.call("GET", "/closed")
    assert said(answer) == (500, {"message": "Internal Server Error"})
    assert "permissions to call the integration" in api.line(answer)["functionError"]


def test_a_function_without_room_is_unavailable_and_no_throttle_of_the_route(
    cloud: Cloud, api: Api
):
    """A 429 would mean that nothing was begun and nobody is to blame but the client."""
    [function] = [
        each["IntegrationUri"].rpartition(":")[2]
        for each in cloud.client("apigatewayv2").get_integrations(ApiId=api.id)["Items"]
    ]
    cloud.client("lambda").put_function_concurrency(
        FunctionName=function, ReservedConcurrentExecutions=0
    )
    answer = api.call("GET", "/things/1")
    assert said(answer) == (503, {"message": "Service Unavailable"})
    assert "no more room" in api.line(answer)["functionError"]


def test_a_body_of_more_than_10_mib_is_too_large(api: Api):
    api.route("POST /things")
    url = f"{api.cloud.platform.endpoint}/_aws/execute-api/{api.id}/things"
    answer = httpx.post(url, content=b"x" * (10 * 2**20 + 1), timeout=60, trust_env=False)
    assert said(answer) == (413, {"message": "Request Entity Too Large"})
    assert api.line(answer)["status"] == "413"


@pytest.mark.long
def test_an_answer_that_takes_more_than_30_seconds_is_none(cloud: Cloud):
    api = make(cloud, Timeout=60)
    api.route("GET /slow")
    started = time.monotonic()
    answer = api.call("GET", "/slow")
    assert said(answer) == (503, {"message": "Service Unavailable"})
    assert 29 < time.monotonic() - started < 40
    assert api.line(answer)["functionError"] == "Endpoint request timed out"


SLOW = """
    import time

    from lambdas.documents.aws.http import Response, endpoint

    @endpoint
    def handler(request):
        if request.path == "/things/slow":
            time.sleep(30)
        return Response(200, {"quick": True})
"""


def test_a_function_that_would_run_out_of_time_says_so_itself(cloud: Cloud):
    """With our own handlers' edge, in the sandbox and under the runtime client of Lambda."""
    files = {
        name: (ROOT / name).read_bytes()
        for name in closure("lambdas.documents.aws.health.unknown", ROOT, read).files
    }
    locked = {"Variables": {"ORIGIN_SECRET_SHA256": edge.SHA256}}
    api = make(cloud, SLOW, files=files, Timeout=3, Environment=locked)
    answer = api.call("GET", "/things/slow", **edge.HEADERS)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/out-of-time")
    assert answer.json()["request_id"] == answer.headers["apigw-requestid"]
    again = api.call("GET", "/things/1", **edge.HEADERS)
    assert said(again) == (200, {"quick": True}), "the process lives on"


def closed(api: Api) -> None:
    """Puts a route behind tokens that nobody can have."""
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{REGION}_nobody"
    authorizer = api.cloud.client("apigatewayv2").create_authorizer(
        ApiId=api.id,
        Name="nobody",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": issuer, "Audience": ["client"]},
    )["AuthorizerId"]
    api.route("GET /closed", AuthorizationType="JWT", AuthorizerId=authorizer)


def test_a_refused_token_is_told_why_in_the_header_api_gateway_has(api: Api):
    closed(api)
    without = api.call("GET", "/closed")
    assert said(without) == (401, {"message": "Unauthorized"})
    assert without.headers["www-authenticate"] == "Bearer"
    assert api.line(without)["authorizerError"] == "-"
    wrong = api.call("GET", "/closed", Authorization="Bearer made-up")
    why = "token contains an invalid number of segments"
    assert said(wrong) == (401, {"message": "Unauthorized"})
    assert wrong.headers["www-authenticate"] == (
        f'Bearer scope="" error="invalid_token" error_description="{why}"'
    )
    assert api.line(wrong)["authorizerError"] == why
    assert "made-up" not in json.dumps(api.lines()), "no token reaches the log"


@pytest.mark.parametrize(
    "token", ["W10.W10.x", "bnVsbA.bnVsbA.x", "IngiLA.IngiLA.x", "..", "é.é.é"]
)
def test_a_token_of_odd_parts_is_refused_as_any_other(api: Api, token: str):
    closed(api)
    url = f"{api.cloud.platform.endpoint}/_aws/execute-api/{api.id}/closed"
    given = [(b"Authorization", f"Bearer {token}".encode())]
    answer = httpx.get(url, headers=given, timeout=60, trust_env=False)
    assert (answer.status_code, answer.content) == (401, b'{"message":"Unauthorized"}')
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_a_header_may_hold_any_bytes(api: Api):
    url = f"{api.cloud.platform.endpoint}/_aws/execute-api/{api.id}/things/1"
    answer = httpx.get(url, headers=[(b"X-Bytes", b"\xff\xfe")], timeout=60, trust_env=False)
    assert answer.status_code == 200
    assert answer.json()["id"] == answer.headers["apigw-requestid"]


# --- pages of other origins -------------------------------------------------------------------


def preflight(api: Api, path: str, origin: str = ORIGIN) -> httpx.Response:
    return api.call("OPTIONS", path, Origin=origin, Access_Control_Request_Method="GET")


def granted(answer: httpx.Response) -> dict[str, str]:
    return {
        name: value for name, value in answer.headers.items() if name.startswith("access-control-")
    }


GRANTED = {
    "access-control-allow-origin": ORIGIN,
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": "authorization",
    "access-control-expose-headers": "x-request-id,retry-after",
    "access-control-max-age": "600",
}


def test_a_route_that_takes_options_takes_preflights(cloud: Cloud):
    api = make(cloud, cors=CORS)
    api.route("OPTIONS /{all+}")
    api.route("ANY /any")
    for path, route in (("/things/1", "OPTIONS /{all+}"), ("/any", "ANY /any")):
        answer = preflight(api, path)
        assert (answer.json()["route"], answer.json()["method"]) == (route, "OPTIONS")
        assert granted(answer) == GRANTED


def test_the_gateway_answers_a_preflight_itself_and_wants_no_token_for_it(cloud: Cloud):
    api = make(cloud, cors=CORS)
    closed(api)
    answer = preflight(api, "/closed")
    assert (answer.status_code, answer.content, granted(answer)) == (204, b"", GRANTED)
    assert api.line(answer)["status"] == "204"


def test_a_preflight_goes_to_the_route_of_all_the_rest_and_is_granted_by_the_gateway(
    cloud: Cloud,
):
    api = make(cloud, cors=CORS)
    api.route("$default")
    answer = preflight(api, "/things/1")
    assert (answer.json()["route"], answer.json()["method"]) == ("$default", "OPTIONS")
    assert granted(answer) == GRANTED, "what the function says of CORS is dropped"


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.evil", "null"])
def test_another_origin_is_granted_nothing(cloud: Cloud, origin: str):
    api = make(cloud, cors=CORS)
    assert granted(preflight(api, "/things/1", origin)) == {}
    answer = api.call("GET", "/things/1", Origin=origin)
    assert (answer.status_code, granted(answer)) == (200, {})


def test_an_answer_of_a_function_may_be_read_by_the_named_origin(cloud: Cloud):
    api = make(cloud, cors=CORS)
    answer = api.call("GET", "/things/1", Origin=ORIGIN)
    assert granted(answer) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-expose-headers": "x-request-id,retry-after",
    }
    assert answer.headers["vary"] == "Origin"


def test_what_the_gateway_refuses_itself_is_granted_to_nobody(cloud: Cloud):
    """AWS documents CORS headers for what an integration answers: a page sees a network error."""
    api = make(cloud, cors=CORS)
    closed(api)
    assert granted(api.call("GET", "/closed", Origin=ORIGIN)) == {}
    api.throttle("GET /things/{id}", rate=0.01, burst=1)
    api.call("GET", "/things/1", Origin=ORIGIN)
    refused = api.call("GET", "/things/1", Origin=ORIGIN)
    assert (refused.status_code, granted(refused)) == (429, {})


def test_without_a_configuration_a_preflight_is_no_route_and_a_function_may_speak_for_itself(
    api: Api,
):
    assert said(preflight(api, "/things/1")) == (404, {"message": "Not Found"})
    answer = api.call("GET", "/things/1", Origin=ORIGIN)
    assert answer.headers["access-control-allow-origin"] == "*"
