"""No route without an authorizer, whichever service makes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pilaster_policies.rules.open_route import API, ROUTE

from tests.support.judging import UNKNOWN, Court, Thing, broken, waiting

RULE = "aws-open-route"


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"routeKey": "GET /x", "authorizationType": "NONE"}, [RULE]),
        ({"routeKey": "GET /x"}, [RULE]),
        ({"routeKey": "ANY /{proxy+}"}, [RULE]),
        ({"routeKey": "$connect", "authorizationType": "NONE"}, [RULE]),
        ({"routeKey": "GET /x", "authorizationType": "JWT", "authorizerId": "a"}, []),
        ({"routeKey": "GET /x", "authorizationType": "AWS_IAM"}, []),
        ({"routeKey": "$connect", "authorizationType": "CUSTOM", "authorizerId": "a"}, []),
        ({"routeKey": "$connect", "apiKeyRequired": True}, [RULE]),
        ({"routeKey": "GET /x", "authorizationType": "none"}, [RULE]),
        ({"routeKey": "GET /x", "apiKeyRequired": True}, [RULE]),
        ({"routeKey": "OPTIONS /x"}, []),
        ({"routeKey": "$disconnect"}, []),
        ({"routeKey": "sendMessage"}, []),
    ],
)
def test_who_calls_a_route_is_known(props: dict[str, Any], expected: list[str]) -> None:
    assert broken(ROUTE, apiId="api", **props) == expected


def test_an_unknown_authorization_waits() -> None:
    assert waiting(ROUTE, routeKey="GET /x", authorizationType=UNKNOWN) == [RULE]


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [("HTTP", ["mandatory"]), ("WEBSOCKET", []), (UNKNOWN, ["advisory"] * 2)],
)
def test_the_default_route_is_open_by_the_kind_of_its_api(
    protocol: str, expected: list[str]
) -> None:
    api = Thing(API, "api", {"protocolType": protocol})
    route = Thing(ROUTE, "default", {"routeKey": "$default", "apiId": UNKNOWN}, {"apiId": ["api"]})
    # What waits is said of the API, and counted.
    assert [said.level for said in Court().on_stack([api, route])] == expected


def test_the_default_route_of_an_api_that_is_elsewhere_is_taken_for_open() -> None:
    route = Thing(ROUTE, "default", {"routeKey": "$default", "apiId": "abc"})
    assert [said.rule for said in Court().on_stack([route])] == [RULE]


def test_a_default_route_with_an_authorizer_is_not() -> None:
    route = Thing(ROUTE, "default", {"routeKey": "$default", "authorizationType": "JWT"})
    assert Court().on_stack([route]) == []


def test_an_api_that_makes_its_own_route_makes_it_open() -> None:
    assert broken(API, protocolType="HTTP", target="arn:aws:lambda:x") == [RULE]
    assert broken(API, protocolType="HTTP") == []


REST = "aws:apigateway/restApi:RestApi"


def openapi(security: Any = None, **operations: Any) -> str:
    more = {} if security is None else {"security": security}
    return json.dumps({"openapi": "3.0.1", "paths": {"/x": operations}, **more})


@pytest.mark.parametrize("type_", [API, REST])
def test_routes_that_come_from_openapi_are_read_out_of_it(type_: str) -> None:
    assert broken(type_, body=openapi(get={})) == [RULE]
    assert broken(type_, body=openapi(get={"security": []}, security=[{"jwt": []}])) == [RULE]
    assert broken(type_, body=openapi(get={}, security=[{"jwt": []}])) == []
    assert broken(type_, body=openapi(get={"security": [{"jwt": []}]})) == []
    assert broken(type_, body=openapi(get={"security": [{}, {"jwt": []}]})) == [RULE]
    assert broken(type_, body=openapi(options={}, parameters=[])) == []
    assert broken(type_, body=openapi(**{"x-amazon-apigateway-any-method": {}})) == [RULE]
    assert waiting(type_, body=UNKNOWN) == [RULE]
    assert broken(type_, body="openapi: 3.0.1\npaths:\n  /x:\n    get: {}\n") == [RULE]
    assert waiting(type_, body="{openapi: [") == [RULE]


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ({"type": "apiKey", "name": "x-api-key", "in": "header"}, [RULE]),
        ({"type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4"}, []),
        ({"type": "apiKey", "x-amazon-apigateway-authorizer": {"type": "request"}}, []),
        ({"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt"}}, []),
    ],
)
def test_a_scheme_that_is_only_a_key_authorizes_nobody(
    scheme: dict[str, Any], expected: list[str]
) -> None:
    document = json.loads(openapi(get={"security": [{"who": []}]}))
    newer = {**document, "components": {"securitySchemes": {"who": scheme}}}
    older = {**document, "securityDefinitions": {"who": scheme}}
    assert broken(REST, body=json.dumps(newer)) == expected
    assert broken(REST, body=json.dumps(older)) == expected


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"httpMethod": "GET", "authorization": "NONE"}, [RULE]),
        ({"httpMethod": "GET", "authorization": "NONE", "apiKeyRequired": True}, [RULE]),
        ({"httpMethod": "GET", "authorization": "AWS_IAM"}, []),
        ({"httpMethod": "OPTIONS", "authorization": "NONE"}, []),
    ],
)
def test_who_calls_a_method_is_known(props: dict[str, Any], expected: list[str]) -> None:
    assert broken("aws:apigateway/method:Method", **props) == expected


def test_a_functions_address_asks_for_a_signature() -> None:
    url = "aws:lambda/functionUrl:FunctionUrl"
    assert broken(url, authorizationType="NONE") == [RULE]
    assert broken(url, authorizationType="AWS_IAM") == []
    assert waiting(url, authorizationType=UNKNOWN) == [RULE]


def test_a_key_that_every_client_carries_authorizes_nobody() -> None:
    graph = "aws:appsync/graphQLApi:GraphQLApi"
    more = [{"authenticationType": "AWS_IAM"}, {"authenticationType": "API_KEY"}]
    assert broken(graph, authenticationType="API_KEY") == [RULE]
    assert broken(graph, authenticationType="AWS_IAM") == []
    assert broken(graph, authenticationType="AWS_IAM", additionalAuthenticationProviders=more) == [
        RULE
    ]
    events = {"authProviders": [{"authType": "API_KEY"}]}
    assert broken("aws:appsync/api:Api", eventConfig=events) == [RULE]
