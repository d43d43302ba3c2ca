"""API Gateway: HTTP and WebSocket APIs.

Sources: API Gateway developer guide, "Quotas for configuring and running an HTTP API", "Working
with routes", "Customize HTTP API access logs", "Configure CORS"; API reference (version 2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import (
    Table,
    arn,
    count,
    number,
    one_of,
    text,
)
from pilaster_local.providers.aws.plan.finding import Said, shown
from pilaster_local.providers.aws.values import UNKNOWN

_VERBS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_SEGMENT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%-]*|\{[\w.:-]+\+?\}")
_FUNCTION = r"([\w-]|\$\{stageVariables\.\w+\})+(:([\w$-]|\$\{stageVariables\.\w+\})+)?"
"""A name and what may stand behind it; the stage may fill in parts of both."""
_NEEDED_IN_LOGS = ("$context.requestId", "$context.extendedRequestId")


def _route(inputs: Mapping[str, Any]) -> Said:
    key = inputs.get("routeKey")
    if isinstance(key, str) and " " in key:
        yield from (("routeKey", said) for said in _route_key(key))
    kind, authorizer = inputs.get("authorizationType", "NONE"), inputs.get("authorizerId")
    if kind in ("JWT", "CUSTOM") and authorizer is None:
        yield "authorizerId", f"a route of authorization type {kind} names its authorizer"
    if kind in ("NONE", "AWS_IAM") and isinstance(authorizer, str):
        yield "authorizerId", f"a route of authorization type {kind} has no authorizer"
    if inputs.get("authorizationScopes") and kind not in ("JWT", "CUSTOM", UNKNOWN):
        yield "authorizationScopes", "scopes are for routes with an authorizer"


def _route_key(key: str):
    method, _, path = key.partition(" ")
    if method not in _VERBS:
        yield f"{shown(key)}: {method!r} is none of {', '.join(_VERBS)}"
    if not path.startswith("/"):
        yield f"{shown(key)}: the path begins with '/'"
        return
    segments = path.split("/")[1:]
    names = [segment.strip("{}+") for segment in segments if segment.startswith("{")]
    for number_, segment in enumerate(segments):
        if not _SEGMENT.fullmatch(segment):
            yield f"{shown(key)}: {shown(segment)} is no part of a path; a parameter is '{{name}}'"
        elif segment.endswith("+}") and number_ < len(segments) - 1:
            yield f"{shown(key)}: a parameter with '+' stands last"
    if len(names) > len(set(names)):
        yield f"{shown(key)}: a parameter's name stands twice"


def _integration(inputs: Mapping[str, Any]) -> Said:
    kind, uri = inputs.get("integrationType"), inputs.get("integrationUri")
    if kind in ("AWS_PROXY", "AWS") and not {"integrationUri", "integrationSubtype"} & {*inputs}:
        yield "integrationUri", f"an integration of type {kind} says what it calls"
    if kind in ("HTTP", "HTTP_PROXY"):
        if "integrationUri" not in inputs:
            yield "integrationUri", f"an integration of type {kind} says what it calls"
        if "integrationMethod" not in inputs:
            yield "integrationMethod", f"an integration of type {kind} needs a method"
        if (
            isinstance(uri, str)
            and inputs.get("connectionType", "INTERNET") == "INTERNET"
            and not re.match(r"https?://", uri)
        ):
            yield (
                "integrationUri",
                f"{shown(uri)} is no address: it begins with http:// or https://",
            )
    if kind == "AWS_PROXY" and isinstance(uri, str):
        yield from _called(uri)
    if inputs.get("connectionType") == "VPC_LINK" and "connectionId" not in inputs:
        yield "connectionId", "a VPC link has an id; name it"
    if "integrationSubtype" in inputs and "credentialsArn" not in inputs:
        yield "credentialsArn", "an integration with a service needs a role to call it with"


def _called(uri: str) -> Said:
    named = re.fullmatch(
        rf"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{{12}}:function:{_FUNCTION}|"
        r"arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path/[\d-]+/functions/"
        rf"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{{12}}:function:{_FUNCTION}/"
        r"(invocations|response-streaming-invocations)",
        uri,
    )
    if not named:
        yield (
            "integrationUri",
            f"{shown(uri, 90)} is no function: write 'arn:aws:lambda:<region>:<account>:function:"
            "<name>' or its invoke ARN",
        )


def _stage(inputs: Mapping[str, Any]) -> Said:
    logs = inputs.get("accessLogSettings")
    if isinstance(logs, Mapping) and isinstance(form := logs.get("format"), str):
        path = "accessLogSettings.format"
        if "\n" in form.strip("\n"):
            yield path, "a line of the access log is one line"
        if not any(f"{name}" in form for name in _NEEDED_IN_LOGS):
            yield path, f"it must hold {' or '.join(_NEEDED_IN_LOGS)}"
        yield from _balanced(path, form)
    for name in ("defaultRouteSettings", "routeSettings"):
        listed = inputs.get(name)
        for settings in listed if isinstance(listed, list) else [listed]:
            if isinstance(settings, Mapping):
                burst, rate = (
                    settings.get("throttlingBurstLimit"),
                    settings.get("throttlingRateLimit"),
                )
                if (burst is None) != (rate is None):
                    yield name, "throttlingBurstLimit and throttlingRateLimit belong together"


def _balanced(path: str, form: str) -> Said:
    for wrong in re.findall(r"\$(?!context\.)\w*\.?\w*", form):
        yield path, f"{wrong!r} is none of the variables: they begin with '$context.'"


def _cors(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("protocolType") == "WEBSOCKET" and "corsConfiguration" in inputs:
        yield "corsConfiguration", "a WebSocket API has no CORS"
    cors = inputs.get("corsConfiguration")
    if isinstance(cors, Mapping) and cors.get("allowCredentials") is True:
        for name in ("allowOrigins", "allowMethods", "allowHeaders"):
            if "*" in (cors.get(name) or ()):
                yield f"corsConfiguration.{name}", "with allowCredentials '*' is not allowed"
    if inputs.get("protocolType") == "HTTP":
        for name in ("apiKeySelectionExpression", "disableSchemaValidation"):
            if isinstance(inputs.get(name), str) or inputs.get(name) is True:
                yield name, "it is for WebSocket APIs"


def _authorizer(inputs: Mapping[str, Any]) -> Said:
    kind = inputs.get("authorizerType")
    jwt = inputs.get("jwtConfiguration")
    if kind == "JWT":
        if not inputs.get("identitySources"):
            yield "identitySources", "a JWT authorizer needs one: '$request.header.Authorization'"
        if "authorizerUri" in inputs:
            yield "authorizerUri", "a JWT authorizer calls no function"
        if isinstance(jwt, Mapping):
            for name in ("issuer", "audiences"):
                if not jwt.get(name):
                    yield f"jwtConfiguration.{name}", "a JWT authorizer needs it"
    if kind == "REQUEST":
        if "authorizerUri" not in inputs:
            yield "authorizerUri", "a REQUEST authorizer is a function; say which"
        if jwt is not None:
            yield "jwtConfiguration", "it is for authorizers of type JWT"


_ORIGIN = text(
    r"\*|https?://\*|(https?|[a-z][a-z0-9+-]*-extension)://[^\s/]+",
    "an origin: '*' or 'https://host'",
)
_THROTTLE = {
    "throttlingBurstLimit": number(0, 2_147_483_647),
    "throttlingRateLimit": number(0, 2_147_483_647),
}

_ID = text(r"[a-z0-9]+", "an id that API Gateway draws", least=1, most=64)

BOUNDS: Mapping[str, Table] = {
    "aws:apigatewayv2/api:Api": {
        "description": text(r".*", "a description", most=1024),
        "corsConfiguration.allowOrigins[]": _ORIGIN,
        "corsConfiguration.allowMethods[]": one_of("*", *_VERBS[1:]),
        "corsConfiguration.allowHeaders[]": text(r"\*|[!#$%&'*+.^_`|~\w-]+", "a header's name"),
        "corsConfiguration.exposeHeaders[]": text(r"\*|[!#$%&'*+.^_`|~\w-]+", "a header's name"),
        "routeSelectionExpression": text(
            r"(\$\{?[\w.]+\}?|\s)+", "an expression such as '$request.body.action'"
        ),
        "version": text(r".*", "a version", most=64),
    },
    "aws:apigatewayv2/route:Route": {
        "apiId": _ID,
        "authorizerId": _ID,
        "routeKey": text(r"\$default|\$connect|\$disconnect|\S.*", "a route key", least=1),
        "target": text(r"integrations/[A-Za-z0-9]+", "'integrations/<id>'"),
        "operationName": text(r".*", "a name", most=64),
        "authorizationScopes": count(0, 10, "scopes"),
    },
    "aws:apigatewayv2/routeResponse:RouteResponse": {
        "apiId": _ID,
        "routeId": _ID,
        "routeResponseKey": one_of("$default"),
    },
    "aws:apigatewayv2/integration:Integration": {
        "apiId": _ID,
        "integrationMethod": one_of(*_VERBS),
        "payloadFormatVersion": one_of("1.0", "2.0"),
        "timeoutMilliseconds": number(50, 30_000),
        "credentialsArn": arn("iam", resource=r"role/.+|user/\*"),
        "description": text(r".*", "a description", most=1024),
        "connectionId": text(r"[a-z0-9]+", "a VPC link's id"),
    },
    "aws:apigatewayv2/authorizer:Authorizer": {
        "apiId": _ID,
        "identitySources[]": text(
            r"(\$\{?|route\.)?(request|context|stageVariables)\.[\w.${}-]+|route\.request\..+|\$.+",
            "a source such as '$request.header.Authorization'",
        ),
        "jwtConfiguration.issuer": text(r"https://[^\s]+", "an address that begins with https://"),
        "jwtConfiguration.audiences": count(1, 50, "audiences"),
        "jwtConfiguration.audiences[]": text(r"\S+", "an audience", least=1, most=1_024),
        "authorizerPayloadFormatVersion": one_of("1.0", "2.0"),
        "authorizerUri": arn("apigateway", resource=r"path/.+/invocations"),
        "authorizerCredentialsArn": arn("iam", resource=r"role/.+"),
    },
    "aws:apigatewayv2/stage:Stage": {
        "apiId": _ID,
        "accessLogSettings.destinationArn": arn(
            "logs", "firehose",
            resource=r"log-group:[^:*]+|deliverystream/amazon-apigateway-.+",
            example="arn:aws:logs:<region>:<account>:log-group:<name>",
        ),
        "accessLogSettings.format": text(r".+", "a format", most=3_000),
        "defaultRouteSettings.loggingLevel": one_of("OFF", "ERROR", "INFO"),
        **{f"defaultRouteSettings.{name}": test for name, test in _THROTTLE.items()},
        **{f"routeSettings[].{name}": test for name, test in _THROTTLE.items()},
        "stageVariables{key}": text(r"\w+", "a variable's name: letters, digits and '_'", most=64),
        "stageVariables{}": text(r"[\w.~:/?#&=,-]*", "a variable's value", most=512),
        "description": text(r".*", "a description", most=1024),
    },
}  # fmt: skip

RULES = {
    "aws:apigatewayv2/api:Api": (_cors,),
    "aws:apigatewayv2/route:Route": (_route,),
    "aws:apigatewayv2/integration:Integration": (_integration,),
    "aws:apigatewayv2/stage:Stage": (_stage,),
    "aws:apigatewayv2/authorizer:Authorizer": (_authorizer,),
}
