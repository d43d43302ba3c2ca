"""The front of a function app: who may call it, by whose tokens.

The decision taken here for everybody: App Service's own authentication stands before the code. A
request without a token of that issuer for that audience is answered 401 by the platform and starts
nothing; only the paths named public go through (docs/adr/0027-what-stands-before-azure.md).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import web

from pilaster.azure.naming import Place


@dataclass(frozen=True, kw_only=True)
class ApiArgs:
    """Which function app answers, and whose tokens it takes."""

    place: Place
    """Project, stack, subscription, location."""
    group: pulumi.Input[str]
    """The resource group's name."""
    function_name: pulumi.Input[str]
    """The function app's `name`; it must be `is_public`."""
    function_host: pulumi.Input[str]
    """Its `host`."""
    issuer: pulumi.Input[str]
    """Whose tokens are accepted: a directory's `https://.../v2.0`, of Entra ID or External ID."""
    audience: Sequence[pulumi.Input[str]]
    """For whom a token must be: application ids of the API's registration."""
    public_routes: Sequence[str] = ("/health",)
    """Paths that want no token."""

    def __post_init__(self) -> None:
        if not self.audience:
            raise ValueError(
                "audience is empty: tokens of any client would be taken; name the application id "
                "of the API's registration"
            )
        if isinstance(self.issuer, str) and not re.fullmatch(
            r"https://[a-z0-9.-]+(/[A-Za-z0-9._-]+)*/?", self.issuer
        ):
            raise ValueError(
                f"issuer {self.issuer!r} is no address of a directory: write it as "
                "'https://login.microsoftonline.com/<tenant>/v2.0'"
            )
        for path in self.public_routes:
            # Azure takes `/*`, too, which would be all of them.
            if not re.fullmatch(r"(/[A-Za-z0-9._-]+)+", path):
                raise ValueError(
                    f"public route {path!r} is no single path: write it as '/health', without "
                    "wildcards"
                )


class Api(pulumi.ComponentResource):
    """See the module's first lines."""

    url: pulumi.Output[str]
    """Where clients call, without a slash at the end. Known at preview."""
    api_id: pulumi.Output[str]
    """What a CDN or a dashboard names: the app's own id."""

    def __init__(
        self, name: str, args: ApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:azure:Api", name, None, opts)
        front = web.WebAppAuthSettingsV2(
            f"{name}-front",
            name=args.function_name,
            resource_group_name=args.group,
            platform={"enabled": True, "runtime_version": "~1"},
            global_validation={
                "require_authentication": True,
                # A program called, not a person: a status, and no page to log in on.
                "unauthenticated_client_action": web.UnauthenticatedClientActionV2.RETURN401,
                "excluded_paths": list(args.public_routes),
            },
            http_settings={"require_https": True},
            identity_providers={
                "azure_active_directory": {
                    "enabled": True,
                    "registration": {
                        "client_id": args.audience[0],
                        "open_id_issuer": args.issuer,
                    },
                    "validation": {"allowed_audiences": list(args.audience)},
                }
            },
            # Tokens are the clients' to keep: no cookie, no store.
            login={"token_store": {"enabled": False}},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.url = pulumi.Output.all(args.function_host, front.urn).apply(
            lambda both: _address(str(both[0]))
        )
        self.api_id = pulumi.Output.all(args.function_name, front.urn).apply(
            lambda both: args.place.id("Microsoft.Web", "sites", str(both[0]))
        )
        self.register_outputs({"url": self.url, "apiId": self.api_id})


def _address(host: str) -> str:
    """This machine's own address speaks plain HTTP; every other TLS."""
    return f"{'http' if host.startswith('127.0.0.1:') else 'https'}://{host}"
