"""An API Gateway before one function: every route behind a token but those listed.

The decision taken here for everybody: a route is closed unless it is named public, tokens are
checked before the function (signature, issuer, audience, time), and the gateway alone may call it,
as an account that may do nothing else. Why a gateway and no load balancer: docs/adr.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_gcp import apigateway

from pilaster.gcp import routes
from pilaster.gcp.function import Function, FunctionArgs
from pilaster.gcp.identity import Identity, IdentityArgs
from pilaster.gcp.naming import Place, labels
from pilaster.naming import once

REGIONS = frozenset(
    {
        "asia-northeast1",
        "australia-southeast1",
        "europe-west1",
        "europe-west2",
        "us-central1",
        "us-east1",
        "us-east4",
        "us-west2",
        "us-west3",
        "us-west4",
    }
)
"""Where there is an API Gateway, as its documentation lists them (November 2026)."""


@dataclass(frozen=True, kw_only=True)
class ApiArgs:
    """The routes of an API, who may use them, and the function behind them."""

    place: Place
    """Project, stack, Google's project, region."""
    function: FunctionArgs
    """What answers all of them."""
    routes: Sequence[str]
    """Methods and paths, such as `GET /api/v1/notes/{id}`; others get 404 from the gateway."""
    issuer: str
    """Whose tokens are accepted."""
    keys_url: str
    """Where the issuer publishes its keys (JWKS)."""
    audience: Sequence[str]
    """For whom a token must be."""
    public_routes: Sequence[str] = ()
    """Routes that want no token."""

    def __post_init__(self) -> None:
        routes.check(self.routes, self.public_routes)
        if not self.audience:
            raise ValueError(
                "audience is empty: tokens of any client would be taken; name the client's id"
            )
        for what, url in (("issuer", self.issuer), ("keys_url", self.keys_url)):
            if not url.startswith("https://"):
                raise ValueError(f"{what} {url!r} is no https:// address: keys could be swapped")
        if self.place.region not in REGIONS:
            raise ValueError(
                f"region {self.place.region!r} has no API Gateway: take one of "
                + ", ".join(sorted(REGIONS))
            )
        if self.function.timeout_seconds > routes.LONGEST_SECONDS:
            raise ValueError(
                f"the function may take {self.function.timeout_seconds} seconds and API Gateway "
                f"waits {routes.LONGEST_SECONDS}: lower timeout_seconds"
            )


class Api(pulumi.ComponentResource):
    """See the module's first lines."""

    url: pulumi.Output[str]
    """Where clients call, without a slash at the end."""
    api_id: pulumi.Output[str]
    """What a dashboard names. Known at preview."""

    def __init__(
        self, name: str, args: ApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:gcp:Api", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        place = args.place
        api_name = place.name("api", name)
        self.function = Function(name, args.function, opts=child)
        caller = Identity(
            f"{name}-gateway",
            IdentityArgs(
                place=place,
                description="The API Gateway, which calls one function",
                grants=[self.function.invoke()],
            ),
            opts=child,
        )
        api = apigateway.Api(
            f"{name}-api",
            project=place.cloud_project,
            api_id=api_name,
            labels=labels(place, name),
            opts=child,
        )
        document = self.function.url.apply(lambda url: _document(api_name, args, url))
        config = apigateway.ApiConfig(
            f"{name}-config",
            project=place.cloud_project,
            api=once(api, api_name),
            # A configuration is never changed: a new one is made, taken, and the former goes.
            api_config_id=document.apply(lambda text: f"c-{_digest(text)}"),
            openapi_documents=[
                {"document": {"path": "openapi.json", "contents": document.apply(_base64)}}
            ],
            gateway_config={"backend_config": {"google_service_account": caller.principal}},
            labels=labels(place, name),
            opts=child,
        )
        gateway = apigateway.Gateway(
            f"{name}-gateway",
            project=place.cloud_project,
            region=place.region,
            gateway_id=place.name("gateway", name),
            api_config=config.id,
            labels=labels(place, name),
            opts=child,
        )
        self.url = gateway.default_hostname.apply(_url)
        self.api_id = once(gateway, api_name)
        self.register_outputs({"url": self.url, "apiId": self.api_id})


def _document(title: str, args: ApiArgs, backend: str) -> str:
    return routes.document(
        title,
        args.routes,
        public=args.public_routes,
        backend=backend,
        seconds=args.function.timeout_seconds,
        issuer=args.issuer,
        keys_url=args.keys_url,
        audience=args.audience,
    )


def _url(host: str) -> str:
    """Google's host names have no scheme; a machine that stands in for it says its own."""
    return host if host.startswith("http://127.0.0.1:") else f"https://{host}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
