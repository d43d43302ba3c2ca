"""A WebSocket API: opened by a ticket, answered by functions, told things by a permission."""

from __future__ import annotations

from pathlib import Path

import pulumi_aws as aws
import pytest
from pilaster.aws import Code, FunctionArgs, WebSocket, WebSocketArgs
from pilaster.aws.push import management

from tests.unit.components.deployment import (
    ACCOUNT,
    REGION,
    Deployment,
    code_folder,
    deployed,
    place,
)

API = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:push-api-id"


def args(root: Path, **more: object) -> WebSocketArgs:
    function = FunctionArgs(
        place=place(code_folder(root)), code=Code(entry_point="lambdas.handler")
    )
    roles = dict.fromkeys(("authorizer", "connect", "disconnect", "message"), function)
    return WebSocketArgs(**{"place": place(root), **roles, **more})  # type: ignore[arg-type]


def socket(root: Path, **more: object) -> Deployment:
    return deployed(lambda: WebSocket("push", args(root, **more)))


def test_a_socket_opens_by_the_authorizer_alone(tmp_path: Path):
    stack = socket(tmp_path)
    routes = {each.inputs["routeKey"]: each.inputs for each in stack.all("Route")}
    assert {key: each["authorizationType"] for key, each in routes.items()} == {
        "$connect": "CUSTOM",
        "$disconnect": "NONE",
        "$default": "NONE",
    }
    assert routes["$connect"]["authorizerId"] == "push-tickets-id"
    authorizer = stack.one("Authorizer").inputs
    assert authorizer["authorizerType"] == "REQUEST"
    assert authorizer["identitySources"] == ["route.request.querystring.ticket"]


def test_no_route_is_live_before_it_may_call_its_function(tmp_path: Path):
    for route in socket(tmp_path).all("Route"):
        permission = route.name.removesuffix("route") + "permission"
        assert f"aws:lambda/permission:Permission {permission}" in route.depends_on


def test_each_function_is_called_by_its_own_route_alone(tmp_path: Path):
    permissions = {
        each.name: each.inputs["sourceArn"] for each in socket(tmp_path).all("Permission")
    }
    assert permissions == {
        "push-authorizer-permission": f"{API}/authorizers/push-tickets-id",
        "push-connect-permission": f"{API}/ws/$connect",
        "push-disconnect-permission": f"{API}/ws/$disconnect",
        "push-message-permission": f"{API}/ws/$default",
    }


def test_only_what_a_client_says_is_answered(tmp_path: Path):
    stack = socket(tmp_path)
    assert stack.one("RouteResponse").inputs == {
        "apiId": "push-api-id",
        "routeId": "push-message-route-id",
        "routeResponseKey": "$default",
    }


def test_the_first_deployment_has_all_routes_and_their_answers(tmp_path: Path):
    waits = " ".join(socket(tmp_path).one("Stage").depends_on)
    first = ("push-connect-route", "push-disconnect-route", "push-message-answer")
    for each in (*first, "push-authorizer-permission"):
        assert each in waits


def test_who_waits_for_the_apis_id_waits_for_its_functions_as_they_are_told(tmp_path: Path):
    def program() -> None:
        push = WebSocket("push", args(tmp_path))
        aws.ssm.Parameter("waits", type="String", value=push.api_id)

    stage = "aws:apigatewayv2/stage:Stage push-stage"
    assert stage in deployed(program).one("Parameter").depends_on


def test_sending_and_closing_are_two_permissions(tmp_path: Path):
    def program() -> list[object]:
        push = WebSocket("push", args(tmp_path))
        return [push.send(), push.close()]

    send, close = deployed(program).result
    for grant in (send, close):
        assert grant.actions == ["execute-api:ManageConnections"]
        assert not grant.known, "the API's id is drawn by AWS"


def test_what_manages_sockets_is_the_same_address_over_http():
    assert management("wss://a.execute-api.eu.amazonaws.com/live") == (
        "https://a.execute-api.eu.amazonaws.com/live"
    )
    assert management("ws://127.0.0.1:1/_aws/x/live") == "http://127.0.0.1:1/_aws/x/live"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"throttling_rate": 0}, "rate 0 and burst 100 let nobody through"),
        ({"throttling_burst": 0}, "rate 50 and burst 0 let nobody through"),
    ],
)
def test_a_throttle_that_lets_nobody_through_is_refused(
    more: dict[str, object], said: str, tmp_path: Path
):
    with pytest.raises(ValueError, match=said):
        args(tmp_path, **more)


def test_a_function_slower_than_the_gateway_is_refused(tmp_path: Path):
    slow = FunctionArgs(
        place=place(tmp_path), code=Code(entry_point="lambdas.handler"), timeout_seconds=30
    )
    with pytest.raises(ValueError, match=r"connect may take 30 seconds.*waits for 29"):
        args(tmp_path, connect=slow)
