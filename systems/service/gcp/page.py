"""The notes service on Google Cloud: the architecture drawing, in code.

Clients -> API Gateway (checks tokens) -> one function, inside -> Cloud SQL on a private address.
Names (environment) and grants (permissions) go from one part to the other here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pilaster.gcp import (
    Api,
    ApiArgs,
    Code,
    DatabaseUser,
    DataTier,
    DataTierArgs,
    Function,
    FunctionArgs,
    Identity,
    IdentityArgs,
    IdentityRef,
    Network,
    NetworkArgs,
    Place,
    Sources,
    SourcesArgs,
)
from pilaster.gcp.api import REGIONS
from pilaster.gcp.data_tier import login

from systems.service.gcp.sizes import SIZES
from systems.service.settings import ServiceSettings
from systems.stack_file import SettingsError

NAME = "service"
CODE = "lambdas.service.gcp"
DEPENDENCIES = "service_gcp"
PUBLIC = ("GET /health",)
# What is no route of the service is the service's to say, as a problem document; but with a token.
ROUTES = (
    *PUBLIC,
    *(f"{method} /api/v1/{{path=**}}" for method in ("DELETE", "GET", "PATCH", "POST", "PUT")),
)
REQUEST_SECONDS = 25
"""A statement may run as long as the settings say, and a client is answered within 30."""
MIGRATE_SECONDS = 300
LOCAL_ISSUER = "https://tokens.pilaster.invalid"
"""Who issues tokens on this machine, where a gateway of our own checks them."""


def deploy(settings: ServiceSettings) -> dict[str, pulumi.Input[Any]]:
    """Declares the system; what the stack exports."""
    if settings.region not in REGIONS:
        raise SettingsError(
            f"gcp:region {settings.region!r} has no API Gateway: take one of "
            f"{', '.join(sorted(REGIONS))} (in Pulumi.<stack>.yaml)"
        )
    place = Place(
        project=pulumi.get_project(),
        stack=pulumi.get_stack(),
        cloud_project=settings.account,
        region=settings.region,
    )
    size = SIZES[settings.size]

    network = Network(f"{NAME}-network", NetworkArgs(place=place))
    # Bindings name the database before it is there: its name is derived.
    may_log_in = [DataTier.login_grant(f"{NAME}-data", place)]
    answering = Identity(f"{NAME}-api", IdentityArgs(place=place, grants=may_log_in))
    migrating = Identity(f"{NAME}-migrate", IdentityArgs(place=place, grants=may_log_in))
    data = DataTier(
        f"{NAME}-data",
        DataTierArgs(
            place=place,
            network=network.database,
            database_name=NAME,
            users={
                "api": DatabaseUser(identity=answering.ref),
                # Who owns the tables; the service's own user owns nothing.
                "migrate": DatabaseUser(identity=migrating.ref, roles=["cloudsqlsuperuser"]),
            },
            tier=size.tier,
            highly_available=size.highly_available,
            max_storage_gb=size.max_storage_gb,
            idle_session_seconds=settings.idle_session_seconds,
            statement_timeout_seconds=settings.statement_timeout_seconds,
            backup_retention_days=settings.backup_days,
            protect=settings.protect,
        ),
    )
    issuer = settings.tokens.issuer or LOCAL_ISSUER
    audience = settings.tokens.audience or NAME
    sources = Sources(f"{NAME}-sources", SourcesArgs(place=place))
    api = Api(
        f"{NAME}-api",
        ApiArgs(
            place=place,
            routes=ROUTES,
            public_routes=PUBLIC,
            issuer=issuer,
            keys_url=settings.tokens.keys_url or f"{LOCAL_ISSUER}/keys",
            audience=[audience],
            function=FunctionArgs(
                place=place,
                code=Code(entry_point=f"{CODE}.api", dependencies=DEPENDENCIES),
                sources=sources.ref,
                identity=answering.ref,
                network=network.inside,
                environment={
                    **_database(data, answering.ref, settings, size.at_once),
                    "REQUEST_SECONDS": str(REQUEST_SECONDS),
                },
                timeout_seconds=REQUEST_SECONDS,
                at_once=size.at_once,
                max_instances=size.max_instances,
                warm_instances=settings.warm_instances,
                description="The notes service",
            ),
        ),
    )
    migrate = Function(
        f"{NAME}-migrate",
        FunctionArgs(
            place=place,
            code=Code(entry_point=f"{CODE}.migrate", dependencies=DEPENDENCIES),
            sources=sources.ref,
            identity=migrating.ref,
            network=network.inside,
            environment={
                **_database(data, migrating.ref, settings, 1),
                "SERVICE_USER": login(answering.ref),
            },
            timeout_seconds=MIGRATE_SECONDS,
            at_once=1,
            max_instances=1,
            description="Brings the schema up to date; called by who deploys",
        ),
    )
    return {
        "api_url": api.url,
        "issuer": issuer,
        "audience": audience,
        "migrate_function": migrate.name,
        "migrate_url": migrate.url,
        "database_instance": data.instance_name,
    }


def _database(
    data: DataTier, identity: IdentityRef, settings: ServiceSettings, connections: int
) -> Mapping[str, pulumi.Input[str]]:
    """What `DatabaseSettings` reads."""
    return {
        "DATABASE_HOST": data.host,
        "DATABASE_PORT": data.port,
        "DATABASE_NAME": data.database_name,
        "DATABASE_USER": login(identity),
        "DATABASE_AUTHORITY": data.certificate_authority,
        "DATABASE_IDLE_SECONDS": str(settings.idle_session_seconds),
        "DATABASE_CONNECTIONS": str(connections),
    }
