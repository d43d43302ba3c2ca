"""Behind a lock whoever answers has to ask for it: a function that is not told the secret cannot.

Told is whose environment is made of what the distribution's header is made of, or names where that
is kept, or holds the header's value or its digest. A route whose authorizer's function is told
needs nothing; of a WebSocket API only `$connect` can be asked anything.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Graph, Resource, Violation, graph_rule
from pilaster_policies.rules.origin_lock import DISTRIBUTION, ID, WHY
from pilaster_policies.values import Value, inside, is_unknown, texts

API = "aws:apigatewayv2/api:Api"
STAGE = "aws:apigatewayv2/stage:Stage"
ROUTE = "aws:apigatewayv2/route:Route"
INTEGRATION = "aws:apigatewayv2/integration:Integration"
AUTHORIZER = "aws:apigatewayv2/authorizer:Authorizer"
FUNCTIONS = ("aws:lambda/function:Function", "aws:lambda/alias:Alias")
_DRAWN = re.compile(
    r"random:|aws:secretsmanager/(secret|secretVersion):|aws:ssm/parameter:|aws:lambda/invocation:"
)
"""What secrets are made by and kept in."""


@graph_rule(ID, why=WHY)
def asked(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    stack = Stack(resources)
    for distribution in stack.of(DISTRIBUTION):
        values = list(_sent(distribution))
        drawn = _kept(resources, _closure(distribution.needs.get("origins", ())))
        if not drawn and not any(isinstance(each, str) for each in values):
            continue  # no lock, which another check says, or one made elsewhere
        digests = {d for v in values if isinstance(v, str) for d in (v, _digest(v))}
        for api in _apis(stack, distribution):
            is_socket = api.get("protocolType") == "WEBSOCKET"
            for route in stack.of(ROUTE):
                if is_socket and route.get("routeKey") != "$connect":
                    continue
                if api in stack.references(route, "apiId", types=(API,)).found:
                    yield from _answered(stack, route, drawn, digests)


def _sent(distribution: Resource) -> Iterator[Value]:
    """The values of the headers a distribution adds."""
    origins = distribution.props.get("origins")
    for origin in origins if isinstance(origins, list) else ():
        headers = inside(origin, "customHeaders")
        for each in headers if isinstance(headers, list) else (headers,):
            value = inside(each, "value")
            if value or is_unknown(value):
                yield value


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode(errors="surrogatepass")).hexdigest()


def _apis(stack: Stack, distribution: Resource) -> Iterator[Resource]:
    made_of = distribution.needs.get("origins", ())
    for api in stack.of(API):
        stages = (s for s in made_of if s.type == STAGE)
        if api in made_of or any(
            api in stack.references(each, "apiId", types=(API,)).found for each in stages
        ):
            yield api


def _answered(
    stack: Stack, route: Resource, drawn: set[str], digests: set[str]
) -> Iterator[tuple[Resource, Finding]]:
    key = route.props.get("routeKey")
    for authorizer in stack.references(route, "authorizerId", types=(AUTHORIZER,)).found:
        askers = stack.references(authorizer, "authorizerUri", types=FUNCTIONS).found
        if any(_is_told(each, drawn, digests) for each in askers):
            return
    what = key if isinstance(key, str) else "a route"
    for integration in stack.references(route, "target", types=(INTEGRATION,)).found:
        for function in stack.references(integration, "integrationUri", types=FUNCTIONS).found:
            if not _is_told(function, drawn, digests):
                yield function, _untold(what)


def _untold(what: str) -> Violation:
    return Violation(
        f"it answers {what} behind a distribution that sends a secret, and is not told of it: who "
        "calls the API by its own address is answered, past the firewall and the limits",
        "hand it the secret's digest in its environment, and let it ask",
    )


def _is_told(function: Resource, drawn: set[str], digests: set[str]) -> bool:
    """An alias is as much as its function."""
    for each in (function, *function.needs.get("functionName", ())):
        if drawn & {found.urn for found in _closure(each.needs.get("environment", ()))}:
            return True
        variables = inside(each.props.get("environment"), "variables")
        said = texts(list(variables.values())) if isinstance(variables, dict) else []
        if any(digest in text for text in said for digest in digests):
            return True
    return False


def _kept(resources: Graph, sources: Iterable[Resource]) -> set[str]:
    """What draws the secret, and where what was drawn is kept."""
    drawn = {each.urn for each in sources if _DRAWN.match(each.type)}
    for each in resources:
        if drawn and _DRAWN.match(each.type):
            of = [need for needs in each.needs.values() for need in needs]
            if drawn & {need.urn for need in of}:
                drawn |= {each.urn, *(need.urn for need in of if _DRAWN.match(need.type))}
    return drawn


def _closure(first: Iterable[Resource]) -> list[Resource]:
    """These, and of those that keep secrets what they are made of."""
    found: dict[str, Resource] = {}
    waiting = list(first)
    while waiting:
        each = waiting.pop()
        if each.urn not in found:
            found[each.urn] = each
            if _DRAWN.match(each.type):
                waiting += [need for needs in each.needs.values() for need in needs]
    return list(found.values())
