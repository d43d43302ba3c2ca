"""An API behind a distribution is brought a secret by it, by which it tells who came past.

An HTTP API has an address of its own that anybody may call: the firewall, the limits and the log of
the distribution are then for those who take the front door. What the graph shows is that a header
is sent, and that its value is marked as a secret; who answers is told of it: `origin_asked`. A
function's own URL is such an address as well, unless an access control signs what CloudFront asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Graph, Resource, Violation, graph_rule
from pilaster_policies.values import SecretText, Value, inside, is_unknown

ID = "aws-origin-lock"
WHY = "Who reaches an API behind a distribution came through it, and not around it."
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
APIS = (
    "aws:apigateway/restApi:RestApi",
    "aws:apigateway/stage:Stage",
    "aws:apigatewayv2/api:Api",
    "aws:apigatewayv2/stage:Stage",
    "aws:lambda/functionUrl:FunctionUrl",
)
_HOSTS = (".execute-api.", ".lambda-url.")
_FIX = "add to the origin's customHeaders one whose value is a Pulumi secret, and let the API ask"


@graph_rule(ID, why=WHY)
def locked(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    for distribution in resources:
        if distribution.type != DISTRIBUTION:
            continue
        origins = distribution.get("origins")
        for number, origin in enumerate(origins if isinstance(origins, list) else []):
            if _is_api(distribution, number, origin):
                yield from _judged(distribution, number, origin)


def _is_api(distribution: Resource, number: int, origin: Value) -> bool:
    """By its name; before there is one, by what the origins are made of."""
    if inside(origin, "customOriginConfig") is None or inside(origin, "originAccessControlId"):
        return False
    host = inside(origin, "domainName")
    if is_unknown(host):
        made_of = distribution.needs.get("origins", ())
        if not made_of:
            distribution.ask(("origins", number, "domainName"), unknown=True)
        return any(each.type in APIS for each in made_of)
    return isinstance(host, str) and any(each in host for each in _HOSTS)


def _judged(
    distribution: Resource, number: int, origin: Value
) -> Iterator[tuple[Resource, Finding]]:
    headers = inside(origin, "customHeaders")
    distribution.ask(("origins", number, "customHeaders"), unknown=is_unknown(headers))
    if is_unknown(headers):
        return
    listed = headers if isinstance(headers, list) else [headers]
    values = [each.get("value") for each in listed if isinstance(each, dict)]
    where = f"origins[{number}]"
    if not any(is_unknown(each) or each for each in values):
        yield (
            distribution,
            Violation(
                f"{where} is an API and is sent no header of the distribution's own: who calls the "
                "API by its own address goes past the firewall and the limits",
                _FIX,
            ),
        )
    elif not any(is_unknown(each) or isinstance(each, SecretText) for each in values):
        yield (
            distribution,
            Violation(
                f"no header {where} is sent is a secret: whoever reads the program, a preview or "
                "the state knows what opens the API",
                _FIX,
            ),
        )
