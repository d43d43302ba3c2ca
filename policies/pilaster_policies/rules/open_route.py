"""No route without an authorizer. The few that are meant to be open are listed as exceptions.

OPTIONS is let through: a browser asks it without credentials before it sends any. So are a
WebSocket API's routes but `$connect`: a connection is authorized once, when it is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml

from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, graph_rule, rule
from pilaster_policies.values import Value, from_json, inside, is_unknown

ID = "aws-open-route"
WHY = "Whoever calls is known, but on the routes that are listed as open, each with its reason."

ROUTE = "aws:apigatewayv2/route:Route"
API = "aws:apigatewayv2/api:Api"
_METHODS = ("get", "put", "post", "delete", "patch", "head", "trace")
_ANY = "x-amazon-apigateway-any-method"


@rule(ID, on=ROUTE, why=WHY)
def route(resource: Resource) -> Iterator[Finding]:
    key = resource.get("routeKey")
    if not isinstance(key, str) or key == "$default" or key.startswith("OPTIONS "):
        return  # $default depends on the API: see below
    if not _open(resource.get("authorizationType")):
        return
    if " " in key or key == "$connect":
        yield _anybody(key)


@graph_rule(ID, why=WHY)
def default_route(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    """`$default` of an HTTP API catches every path; of a WebSocket API, only what is connected."""
    for resource in resources:
        if resource.type != ROUTE or resource.get("routeKey") != "$default":
            continue
        if not _open(resource.get("authorizationType")):
            continue
        api = _api_of(resource, resources)
        protocol = api.get("protocolType") if api else None
        if not is_unknown(protocol) and protocol != "WEBSOCKET":
            yield resource, _anybody("$default")


def _api_of(resource: Resource, resources: Sequence[Resource]) -> Resource | None:
    for needed in resource.needs.get("apiId", ()):
        if needed.type == API:
            return needed
    wanted = resource.get("apiId")
    if not isinstance(wanted, str):
        return None
    return next((r for r in resources if r.type == API and r.get("id") == wanted), None)


def _open(kind: Value) -> bool:
    return kind is None or (isinstance(kind, str) and kind.upper() in ("", "NONE"))


def _anybody(key: str) -> Violation:
    return Violation(
        f"the route {key} has no authorizer: anybody may call it",
        "set authorizationType and authorizerId, or list it as an exception with the reason",
    )


@rule(ID, on=API, why=WHY)
def quick_create(resource: Resource) -> Iterator[Finding]:
    if resource.has("target"):
        yield Violation(
            "target makes a route without authorizer beside those that are declared: anybody may "
            "call what it leads to",
            "leave target out and declare the routes",
        )
    yield from _imported(resource)


@rule(ID, on="aws:apigateway/restApi:RestApi", why=WHY)
def _imported(resource: Resource) -> Iterator[Finding]:
    """Routes that come from an OpenAPI document are no resources: they are read out of it."""
    body = resource.get("body")
    if body is None or body == "":
        return
    if is_unknown(body):
        return
    try:
        document = _parsed(body) if isinstance(body, str) else body
    except (ValueError, RecursionError, yaml.YAMLError):
        yield NotKnown("body cannot be read: which of its routes have an authorizer is not seen")
        return
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        return
    keys = _keys(document)
    for path, methods in document["paths"].items():
        for method, operation in methods.items() if isinstance(methods, dict) else ():
            if str(method).lower() in _METHODS or method == _ANY:
                said = operation if isinstance(operation, dict) else {}
                if not _secured(said.get("security", document.get("security")), keys):
                    yield _anybody(f"{'ANY' if method == _ANY else method.upper()} {path}")


def _parsed(text: str) -> Value:
    try:
        return from_json(text)
    except ValueError:
        return yaml.safe_load(text)


def _keys(document: dict[str, Value]) -> set[str]:
    """The security schemes that are an API key and nothing else."""
    schemes = inside(document, "components", "securitySchemes") or document.get(
        "securityDefinitions"
    )
    return {
        name
        for name, scheme in (schemes.items() if isinstance(schemes, dict) else ())
        if isinstance(scheme, dict)
        and scheme.get("type") == "apiKey"
        and not any(str(key).startswith("x-amazon-apigateway-auth") for key in scheme)
    }


def _secured(requirements: Value, keys: set[str]) -> bool:
    """An empty requirement in the list, `{}`, makes the others optional."""
    if not isinstance(requirements, list) or not requirements:
        return False
    return all(isinstance(one, dict) and set(one) - keys for one in requirements)


@rule(ID, on="aws:apigateway/method:Method", why=WHY)
def method_of_rest(resource: Resource) -> Iterator[Finding]:
    """A key tells clients apart and limits them; AWS says itself that it authorizes nobody."""
    verb = resource.get("httpMethod")
    if verb == "OPTIONS" or not _open(resource.get("authorization")) or is_unknown(verb):
        return
    yield Violation(
        f"the method {verb} has no authorizer (an API key is none): anybody may call it",
        "set authorization (and authorizerId), or list it as an exception with the reason",
    )


@rule(ID, on="aws:lambda/functionUrl:FunctionUrl", why=WHY)
def function_url(resource: Resource) -> Iterator[Finding]:
    kind = resource.get("authorizationType")
    if _open(kind):
        yield Violation(
            "authorizationType is NONE: anybody who learns the address may call the function",
            "set authorizationType to AWS_IAM, or put an API with an authorizer before it",
        )


_GRAPHS = {
    "aws:appsync/graphQLApi:GraphQLApi": (
        ("authenticationType",),
        ("additionalAuthenticationProviders", "authenticationType"),
    ),
    "aws:appsync/api:Api": (("eventConfig", "authProviders", "authType"),),
}


@rule(ID, on=_GRAPHS, why=WHY)
def graph_api(resource: Resource) -> Iterator[Finding]:
    for path in _GRAPHS[resource.type]:
        for kind in _at(resource.props, path):
            resource.ask(path, unknown=is_unknown(kind))
            if kind == "API_KEY":
                yield Violation(
                    f"{'.'.join(path)} is API_KEY: a key that every client carries names nobody, "
                    "so anybody who has seen the client may call it",
                    "use AMAZON_COGNITO_USER_POOLS, OPENID_CONNECT, AWS_IAM or AWS_LAMBDA",
                )


def _at(value: Value, path: tuple[str, ...]) -> Iterator[Value]:
    """Every value at a path, lists opened on the way."""
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif not path or is_unknown(value):
        yield value
    elif isinstance(value, dict):
        yield from _at(value.get(path[0]), path[1:])
