"""An HTTP API: every route a function of its own, every route behind a token but those listed.

The decision taken here for everybody: a route is closed unless it is named public, and each
function may be called by its own route alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pulumi
import pulumi_aws as aws

from pilaster import origins
from pilaster.aws import cors, routes, warm
from pilaster.aws.function import Function, FunctionArgs
from pilaster.naming import Place, once, slug
from pilaster.tagging import tags

STAGE = "$default"
ACCESS_LOG: Mapping[str, str] = MappingProxyType(
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
    }
)
"""A line per request. Not in it: paths, which hold ids, and addresses, which are people's."""


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """How much a route takes of all clients together; the rest gets 429.

    The account has limits of its own for all its APIs (10,000 requests per second and 5,000 at once
    in most regions); a throttle above them changes nothing.
    """

    rate: float
    """Requests per second, in the long run."""
    burst: int
    """Requests at once."""

    def __post_init__(self) -> None:
        if not 0 < self.rate < float("inf") or self.burst < 1:
            raise ValueError(
                f"rate {self.rate:g} and burst {self.burst} let nobody through: the rate is more "
                "than 0 and the burst 1 or more"
            )


@dataclass(frozen=True, kw_only=True)
class ApiArgs:
    """The routes of an API and who may use them."""

    place: Place
    """Project, stack, account, region."""
    routes: Mapping[str, FunctionArgs]
    """Functions by route, such as `GET /api/v1/documents/{id}`; `$default` takes all the rest."""
    issuer: pulumi.Input[str]
    """Whose tokens are accepted: a pool's `issuer`."""
    audience: Sequence[pulumi.Input[str]]
    """For whom a token must be: the pool's `client_id`."""
    public_routes: Sequence[str] = ()
    """Routes that want no token."""
    allowed_origins: Sequence[str] = ()
    """Web origins whose pages may call it; none for an API behind the pages' own address."""
    throttling_rate: float = 50
    """Requests per second to a route without a throttle of its own; some above it get 429."""
    throttling_burst: int = 100
    """Requests at once to a route without a throttle of its own; some above it get 429."""
    throttles: Mapping[str, Throttle] = field(default_factory=dict[str, Throttle])
    """Throttles by route, for those that want a narrower or a wider one than the rest."""
    log_retention_days: int = 30
    """How long the line per request stays."""

    def __post_init__(self) -> None:
        routes.check(self.routes)
        for what, named in (("public", self.public_routes), ("throttled", self.throttles)):
            if strange := sorted(set(named) - set(self.routes)):
                raise ValueError(
                    f"{what} route {strange[0]!r} is no route; there are {', '.join(self.routes)}"
                )
        Throttle(rate=self.throttling_rate, burst=self.throttling_burst)
        if not self.audience:
            raise ValueError(
                "audience is empty: tokens of any client would be taken; name the pool's client_id"
            )
        origins.check(self.allowed_origins)
        if self.allowed_origins and routes.UNKNOWN in set(self.routes) - set(self.public_routes):
            raise ValueError(
                f"{routes.UNKNOWN!r} takes the preflights of pages, which bring no token: list it "
                "in public_routes, or allow no origins"
            )


class Api(pulumi.ComponentResource):
    """See the module's first lines."""

    url: pulumi.Output[str]
    """Where clients call, without a slash at the end."""
    api_id: pulumi.Output[str]
    """What a CDN or a dashboard names. Who waits for it waits for every function, as it is told."""

    def __init__(
        self, name: str, args: ApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Api", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._name = name
        self._args = args
        labels = tags(args.place, name)
        api_name = args.place.name("api", name)

        self._api = aws.apigatewayv2.Api(
            f"{name}-api",
            name=api_name,
            protocol_type="HTTP",
            cors_configuration=cors.configuration(
                args.allowed_origins, routes.methods(args.routes)
            ),
            tags=labels,
            opts=self._child,
        )
        self._authorizer = aws.apigatewayv2.Authorizer(
            f"{name}-tokens",
            name="tokens",
            api_id=self._api.id,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration={"issuer": args.issuer, "audiences": args.audience},
            opts=self._child,
        )
        # Below /aws/vendedlogs/ a group adds nothing to the account's one log delivery policy.
        log_name = f"/aws/vendedlogs/apigateway/{api_name}"
        logs = aws.cloudwatch.LogGroup(
            f"{name}-access-logs",
            name=log_name,
            retention_in_days=args.log_retention_days,
            tags=labels,
            opts=self._child,
        )
        made = [self._route(route, function) for route, function in args.routes.items()]
        stage = aws.apigatewayv2.Stage(
            f"{name}-stage",
            name=STAGE,
            api_id=self._api.id,
            auto_deploy=True,
            default_route_settings={
                "throttling_rate_limit": args.throttling_rate,
                "throttling_burst_limit": args.throttling_burst,
            },
            route_settings=[
                {
                    "route_key": route,
                    "throttling_rate_limit": throttle.rate,
                    "throttling_burst_limit": throttle.burst,
                }
                for route, throttle in args.throttles.items()
            ],
            access_log_settings={
                "destination_arn": once(logs, args.place.arn("logs", f"log-group:{log_name}")),
                "format": json.dumps(dict(ACCESS_LOG)),
            },
            tags=labels,
            # A stage takes settings of routes that are there, and its first deployment has them.
            opts=pulumi.ResourceOptions(parent=self, depends_on=made),
        )

        self.url = stage.invoke_url.apply(lambda url: url.rstrip("/"))
        self.api_id = stage.api_id
        self.register_outputs({"url": self.url, "apiId": self.api_id})

    def _route(self, route: str, args: FunctionArgs) -> aws.apigatewayv2.Route:
        """One route, its function, and the permission of this route to call it."""
        name = f"{self._name}-{slug(route)}"
        function = Function(name, args, opts=self._child)
        integration = aws.apigatewayv2.Integration(
            f"{name}-integration",
            api_id=self._api.id,
            integration_type="AWS_PROXY",
            integration_method="POST",
            integration_uri=function.arn,
            payload_format_version="2.0",
            opts=self._child,
        )
        permission = aws.lambda_.Permission(
            f"{name}-permission",
            action="lambda:InvokeFunction",
            function=function.name,
            qualifier=warm.ALIAS if args.warm_instances else None,
            principal="apigateway.amazonaws.com",
            source_arn=pulumi.Output.concat(
                self._args.place.arn("execute-api", ""), self._api.id, source(route)
            ),
            opts=self._child,
        )
        public = route in self._args.public_routes
        return aws.apigatewayv2.Route(
            f"{name}-route",
            api_id=self._api.id,
            route_key=route,
            target=pulumi.Output.concat("integrations/", integration.id),
            authorization_type="NONE" if public else "JWT",
            authorizer_id=None if public else self._authorizer.id,
            # A route is live as soon as it is made. Without its permission, until that follows or
            # for as long as an `up` that failed is not repeated, it answers the gateway's own 500.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )


def source(route: str) -> str:
    """The end of the ARN API Gateway calls with: stage, method and path as the route has it; a
    route of all methods calls with the one that was asked with."""
    if route.startswith(f"{routes.ANY} "):
        route = f"*{route.removeprefix(routes.ANY)}"
    return f"/{STAGE}/{route.replace(' ', '')}"
