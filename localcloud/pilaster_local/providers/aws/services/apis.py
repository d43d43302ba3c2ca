"""HTTP and WebSocket APIs. What they answer at is a path of the emulator, since its host names do
not resolve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Part, Row
from pilaster_local.providers.aws.tagging import MARK
from pilaster_local.providers.aws.values import UNKNOWN, Plain

_DEFAULT_STAGE = "$default"


class Stage(Kind):
    """Its address is what a client on this machine calls; `$default` is not in its path."""

    def translate(self, inputs: Plain) -> Plain:
        """Settings of routes are a list here and a mapping there."""
        listed = inputs.get("routeSettings")
        if not isinstance(listed, list) or any(
            not isinstance(each, Mapping) or each.get("routeKey", UNKNOWN) is UNKNOWN
            for each in listed
        ):
            return inputs
        settings = {
            each["routeKey"]: {name: value for name, value in each.items() if name != "routeKey"}
            for each in listed
        }
        return {**inputs, "routeSettings": settings}

    def outputs(self, scope: Scope, thing_id: str, state: Plain, thing: Any) -> Plain:
        found = super().outputs(scope, thing_id, state, thing)
        base = f"{scope.cloud.endpoint}/_aws/execute-api/{state['apiId']}"
        api = scope.call("apigatewayv2", "GetApi", {"ApiId": state["apiId"]})
        if api["ProtocolType"] == "WEBSOCKET":
            base = "ws" + base.removeprefix("http")
        found["invokeUrl"] = base if thing_id == _DEFAULT_STAGE else f"{base}/{thing_id}"
        return found


class Integration(Kind):
    """It has no name, so one made just before a crash is known by what it calls."""

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        wanted = self.parameters("CreateIntegration", inputs)
        taken = {"IntegrationType", "IntegrationUri", "IntegrationSubtype", "RequestParameters"}
        listed = scope.call("apigatewayv2", "GetIntegrations", {"ApiId": inputs["apiId"]})
        routes = scope.call("apigatewayv2", "GetRoutes", {"ApiId": inputs["apiId"]})["Items"]
        used = {route.get("Target", "").removeprefix("integrations/") for route in routes}
        for found in listed["Items"]:
            same = all(found.get(name) == wanted.get(name) for name in taken)
            # One that a route uses already was finished before the crash: it belongs to another
            # resource.
            if same and found["IntegrationId"] not in used:
                return found["IntegrationId"]
        return None


def _drop_cors(kind: Kind, scope: Scope, api: str, _state: Plain, inputs: Plain) -> None:
    if "corsConfiguration" not in inputs:
        kind.forget(scope, "DeleteCorsConfiguration", {"ApiId": api})
        return
    cors = kind.parameters("UpdateApi", {"corsConfiguration": inputs["corsConfiguration"]})
    scope.call("apigatewayv2", "UpdateApi", {"ApiId": api, **cors})


def _protocol(inputs: Mapping[str, Any]) -> Failures:
    if inputs.get("protocolType", UNKNOWN) not in {"HTTP", "WEBSOCKET", UNKNOWN}:
        yield "protocolType", f"{inputs['protocolType']!r} is neither 'HTTP' nor 'WEBSOCKET'"
    if inputs.get("protocolType") == "WEBSOCKET" and "routeSelectionExpression" not in inputs:
        yield "routeSelectionExpression", "a WebSocket API needs one"


def _route_key(inputs: Mapping[str, Any]) -> Failures:
    key = inputs.get("routeKey", UNKNOWN)
    if key is UNKNOWN or key.startswith("$") or " " not in key:
        return
    method, _, path = key.partition(" ")
    verbs = {"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
    if method not in verbs or not path.startswith("/"):
        yield "routeKey", f"{key!r} is no route; write it as 'GET /path'"


def _throttles(inputs: Mapping[str, Any]) -> Failures:
    settings = inputs.get("routeSettings", UNKNOWN)
    if not isinstance(settings, list):
        return
    keys = [each.get("routeKey", UNKNOWN) for each in settings if isinstance(each, Mapping)]
    known = [key for key in keys if key is not UNKNOWN]
    if len(set(known)) < len(known):
        yield "routeSettings", f"name a route twice: {', '.join(sorted(known))}"


def _jwt(inputs: Mapping[str, Any]) -> Failures:
    if inputs.get("authorizerType") == "JWT" and "jwtConfiguration" not in inputs:
        yield "jwtConfiguration", "a JWT authorizer needs an issuer and its audiences"


# fmt: off
TYPES = {
    "aws:apigatewayv2/api:Api": Row(
        service="apigatewayv2", create="CreateApi", read="GetApi", update="UpdateApi",
        delete="DeleteApi", id="ApiId", key="ApiId={id}", replace="protocolType",
        required="protocolType",
        outputs="arn=arn:aws:apigateway:{region}::/apis/{id} "
        "apiEndpoint={endpoint}/_aws/execute-api/{id} "
        "executionArn=arn:aws:execute-api:{region}:{account}:{id} "
        "routeSelectionExpression=RouteSelectionExpression",
        rename={"body": "-", "target": "-", "routeKey": "-", "credentialsArn": "-"},
        aside="failOnWarnings", named=Named(limit=128, prefix=""), tagged=True, identity="-",
        marked=True, find=f"GetApis Items[?Tags.\"{MARK}\"=='{{urn}}'].ApiId | [0]",
        parts=(Part(inputs="corsConfiguration", apply=_drop_cors),), checks=(_protocol,),
    ),
    "aws:apigatewayv2/stage:Stage": Row(
        service="apigatewayv2", create="CreateStage", read="GetStage", update="UpdateStage",
        delete="DeleteStage", id="{name}", key="ApiId={apiId} StageName={id}",
        rename={"name": "StageName"}, replace="apiId", required="apiId", identity="apiId name",
        outputs="arn=arn:aws:apigateway:{region}::/apis/{apiId}/stages/{id} "
        "executionArn=arn:aws:execute-api:{region}:{account}:{apiId}/{id} "
        "deploymentId=DeploymentId",
        named=Named(limit=128, prefix=""), tagged=True, kind=Stage, checks=(_throttles,),
    ),
    "aws:apigatewayv2/route:Route": Row(
        service="apigatewayv2", create="CreateRoute", read="GetRoute", update="UpdateRoute",
        delete="DeleteRoute", id="RouteId", key="ApiId={apiId} RouteId={id}", replace="apiId",
        required="apiId routeKey", checks=(_route_key,),
        unset={"authorizationType": "NONE"},
        find="GetRoutes Items[?RouteKey=='{routeKey}'].RouteId | [0]",
    ),
    "aws:apigatewayv2/routeResponse:RouteResponse": Row(
        service="apigatewayv2", create="CreateRouteResponse", read="GetRouteResponse",
        update="UpdateRouteResponse", delete="DeleteRouteResponse", id="RouteResponseId",
        key="ApiId={apiId} RouteId={routeId} RouteResponseId={id}", replace="apiId routeId",
        required="apiId routeId routeResponseKey",
        find="GetRouteResponses Items[?RouteResponseKey=='{routeResponseKey}'].RouteResponseId"
        " | [0]",
    ),
    "aws:apigatewayv2/integration:Integration": Row(
        service="apigatewayv2", create="CreateIntegration", read="GetIntegration",
        update="UpdateIntegration", delete="DeleteIntegration", id="IntegrationId",
        key="ApiId={apiId} IntegrationId={id}", replace="apiId integrationType",
        required="apiId integrationType", kind=Integration,
        rename={"timeoutMilliseconds": "TimeoutInMillis", "responseParameters": "-"},
        outputs="integrationResponseSelectionExpression=IntegrationResponseSelectionExpression",
    ),
    "aws:apigatewayv2/authorizer:Authorizer": Row(
        service="apigatewayv2", create="CreateAuthorizer", read="GetAuthorizer",
        update="UpdateAuthorizer", delete="DeleteAuthorizer", id="AuthorizerId",
        key="ApiId={apiId} AuthorizerId={id}", replace="apiId", required="apiId authorizerType",
        rename={"identitySources": "IdentitySource"}, named=Named(limit=128, prefix=""),
        identity="apiId name", checks=(_jwt,),
        find="GetAuthorizers Items[?Name=='{name}'].AuthorizerId | [0]",
    ),
}
