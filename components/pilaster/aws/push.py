"""A WebSocket API: what tells clients something without being asked.

The decision taken here for everybody: a socket opens only if an authorizer of our own lets it, by
a ticket in the address, since a browser can set no header. What comes over it is as bounded as any
other request, and what goes out asks for a permission of its own.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.function import Function, FunctionArgs
from pilaster.aws.iam import Grant
from pilaster.naming import Place, slug
from pilaster.tagging import tags

STAGE = "ws"
"""A WebSocket API has no `$default` stage; this one is the end of every address, and so the path a
CDN passes on as it is."""
IDENTITY = "route.request.querystring.ticket"
"""Where the authorizer finds the ticket; without one it is not called."""
LONGEST_SECONDS = 29
"""API Gateway waits no longer for a function."""


@dataclass(frozen=True, kw_only=True)
class WebSocketArgs:
    """The functions behind a socket, and how much it takes."""

    place: Place
    """Project, stack, account, region."""
    authorizer: FunctionArgs
    """Lets a socket open or not, by the `ticket` of its address."""
    connect: FunctionArgs
    """Called when a socket opens, with what the authorizer said."""
    disconnect: FunctionArgs
    """Called once a socket is closed; not when a client vanishes, or not soon."""
    message: FunctionArgs
    """Called with what a client says; what it returns is the answer."""
    throttling_rate: float = 50
    """Connects and messages per second, of all clients together."""
    throttling_burst: int = 100
    """Connects and messages at once, of all clients together."""

    def __post_init__(self) -> None:
        if not 0 < self.throttling_rate < float("inf") or self.throttling_burst < 1:
            raise ValueError(
                f"rate {self.throttling_rate:g} and burst {self.throttling_burst} let nobody "
                "through: the rate is more than 0 and the burst 1 or more"
            )
        for what, function in (
            ("authorizer", self.authorizer),
            ("connect", self.connect),
            ("disconnect", self.disconnect),
            ("message", self.message),
        ):
            if function.timeout_seconds > LONGEST_SECONDS:
                raise ValueError(
                    f"{what} may take {function.timeout_seconds} seconds, and API Gateway waits "
                    f"for {LONGEST_SECONDS}: say a timeout within that"
                )


class WebSocket(pulumi.ComponentResource):
    """See the module's first lines."""

    url: pulumi.Output[str]
    """Where clients connect: `wss://...`, to which they add `?ticket=`."""
    management_url: pulumi.Output[str]
    """Where a function sends to sockets and closes them."""
    api_id: pulumi.Output[str]
    """What a CDN or a dashboard names. Who waits for it waits for every function, as it is told."""

    def __init__(
        self, name: str, args: WebSocketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:WebSocket", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._name = name
        self._place = args.place
        labels = tags(args.place, name)

        self._api = aws.apigatewayv2.Api(
            f"{name}-api",
            name=args.place.name("api", name),
            protocol_type="WEBSOCKET",
            # Nothing is chosen by it: every message goes to `$default`.
            route_selection_expression="$request.body.action",
            tags=labels,
            opts=self._child,
        )
        allows = Function(f"{name}-authorizer", args.authorizer, opts=self._child)
        authorizer = aws.apigatewayv2.Authorizer(
            f"{name}-tickets",
            name="tickets",
            api_id=self._api.id,
            authorizer_type="REQUEST",
            authorizer_uri=self._invocation(allows),
            identity_sources=[IDENTITY],
            opts=self._child,
        )
        asking = self._permit(
            f"{name}-authorizer", allows, pulumi.Output.concat("/authorizers/", authorizer.id)
        )
        routes = [
            self._route("$connect", args.connect, authorizer=authorizer.id),
            self._route("$disconnect", args.disconnect),
            self._route("$default", args.message, answers=True),
        ]
        stage = aws.apigatewayv2.Stage(
            f"{name}-stage",
            name=STAGE,
            api_id=self._api.id,
            auto_deploy=True,
            default_route_settings={
                "throttling_rate_limit": args.throttling_rate,
                "throttling_burst_limit": args.throttling_burst,
            },
            tags=labels,
            # The first deployment has the routes there are, and asks who may open a socket.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[asking, *routes]),
        )

        self.url = stage.invoke_url.apply(lambda url: url.rstrip("/"))
        self.management_url = self.url.apply(management)
        self.api_id = stage.api_id
        self.register_outputs(
            {"url": self.url, "managementUrl": self.management_url, "apiId": self.api_id}
        )

    def send(self) -> Grant:
        """Sending to sockets."""
        return self._manage("POST")

    def close(self) -> Grant:
        """Closing sockets."""
        return self._manage("DELETE")

    def _manage(self, method: str) -> Grant:
        return Grant(
            owner=self._name,
            actions=["execute-api:ManageConnections"],
            resources=[self._source(f"/{STAGE}/{method}/@connections/*")],
            known=False,
        )

    def _route(
        self,
        route: str,
        args: FunctionArgs,
        *,
        authorizer: pulumi.Output[str] | None = None,
        answers: bool = False,
    ) -> pulumi.Resource:
        """One route and its function; the last resource the route is complete with."""
        name = f"{self._name}-{'message' if answers else slug(route)}"
        function = Function(name, args, opts=self._child)
        integration = aws.apigatewayv2.Integration(
            f"{name}-integration",
            api_id=self._api.id,
            integration_type="AWS_PROXY",
            integration_method="POST",
            integration_uri=self._invocation(function),
            opts=self._child,
        )
        permission = self._permit(name, function, f"/{STAGE}/{route}")
        made = aws.apigatewayv2.Route(
            f"{name}-route",
            api_id=self._api.id,
            route_key=route,
            target=pulumi.Output.concat("integrations/", integration.id),
            authorization_type="CUSTOM" if authorizer else "NONE",
            authorizer_id=authorizer,
            route_response_selection_expression="$default" if answers else None,
            # It is live as soon as it is made, and closes every socket until the permission is.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
        if not answers:
            return made
        # Without it what the function returns reaches nobody.
        return aws.apigatewayv2.RouteResponse(
            f"{name}-answer",
            api_id=self._api.id,
            route_id=made.id,
            route_response_key="$default",
            opts=self._child,
        )

    def _permit(
        self, name: str, function: Function, path: pulumi.Input[str]
    ) -> aws.lambda_.Permission:
        return aws.lambda_.Permission(
            f"{name}-permission",
            action="lambda:InvokeFunction",
            function=function.name,
            principal="apigateway.amazonaws.com",
            source_arn=self._source(path),
            opts=self._child,
        )

    def _source(self, path: pulumi.Input[str]) -> pulumi.Output[str]:
        return pulumi.Output.concat(self._place.arn("execute-api", ""), self._api.id, path)

    def _invocation(self, function: Function) -> pulumi.Output[str]:
        """A WebSocket API names a function by what calls it, not by its own ARN."""
        return pulumi.Output.concat(
            f"arn:aws:apigateway:{self._place.region}:lambda:path/2015-03-31/functions/",
            function.arn,
            "/invocations",
        )


def management(url: str) -> str:
    """The same address for those who manage: `https://` for `wss://`."""
    return f"http{url.removeprefix('ws')}" if url.startswith("ws") else url
