"""The notes service on Azure: the architecture drawing, in code.

App Service's authentication checks tokens before one function app, which logs in to PostgreSQL with
its own identity. A second app that no request reaches is the database's administrator and brings
the schema up to date. Names and grants go from one part to the other here and nowhere else.
"""

from __future__ import annotations

from typing import Any

import pulumi
from pilaster.azure import (
    Api,
    ApiArgs,
    Code,
    DataTier,
    DataTierArgs,
    Function,
    FunctionArgs,
    Group,
    GroupArgs,
    Identity,
    IdentityArgs,
    IdentityRef,
    Network,
    NetworkArgs,
    Place,
)
from pilaster.azure.naming import PLAN
from pilaster.packaging import Target

from systems.service.settings import ServiceSettings, Size

NAME = "notes"
CODE = "lambdas.service.azure"
DEPENDENCIES = "service_azure"
ROLE = "service_api"
"""The API's database user (lambdas/service/migrations/002_roles.sql)."""
SIZES: dict[Size, str] = {
    "small": "Standard_B1ms",
    "medium": "Standard_D2ds_v5",
    "large": "Standard_D8ds_v5",
}
"""Azure has no database that pauses: `small` is its cheapest."""
LOCAL_ISSUER = "https://tokens.invalid"
"""Of the tokens that this machine issues to itself."""
CALLS_AT_ONCE = 8
"""Per instance; as many connections an instance may have."""


def deploy(settings: ServiceSettings) -> dict[str, pulumi.Input[Any]]:
    """Declares the system; what the stack exports."""
    place = Place(
        project=pulumi.get_project(),
        stack=pulumi.get_stack(),
        subscription=settings.account,
        tenant=settings.tenant,
        location=settings.region,
        target=Target.of_this_machine() if settings.target == "machine" else PLAN,
    )
    group = Group(f"{NAME}-group", GroupArgs(place=place, protect=settings.protect)).name
    network = Network(f"{NAME}-network", NetworkArgs(place=place, group=group))
    # No role in either: the database knows them by name, and the host's own are the app's matter.
    api = Identity(f"{NAME}-api", IdentityArgs(place=place, group=group))
    migrations = Identity(f"{NAME}-migrations", IdentityArgs(place=place, group=group))
    data = DataTier(
        f"{NAME}-data",
        DataTierArgs(
            place=place,
            group=group,
            network=network.database,
            database_name=NAME,
            administrator=migrations.ref,
            size=SIZES[settings.size],
            idle_session_seconds=settings.idle_session_seconds,
            statement_timeout_seconds=settings.statement_timeout_seconds,
            backup_retention_days=settings.backup_days,
            protect=settings.protect,
        ),
    )

    def logged_in(who: IdentityRef, user: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
        return {
            "DATABASE_HOST": data.host,
            "DATABASE_PORT": data.port,
            "DATABASE_NAME": data.database_name,
            "DATABASE_USER": user,
            "DATABASE_AT_ONCE": str(CALLS_AT_ONCE),
            "DATABASE_IDLE_SECONDS": str(settings.idle_session_seconds),
            "AZURE_CLIENT_ID": who.client_id,
        }

    migrating = Function(
        f"{NAME}-migrations-app",
        FunctionArgs(
            place=place,
            group=group,
            code=Code(entry_point=f"{CODE}.migrate", dependencies=DEPENDENCIES),
            identity=migrations.ref,
            network=network.inside,
            environment={
                **logged_in(migrations.ref, migrations.name),
                "API_PRINCIPAL_ID": api.principal,
                "ENTRA_LOGINS": str(settings.target == "cloud").lower(),
            },
            log_retention_days=settings.log_retention_days,
        ),
    )
    notes = Function(
        f"{NAME}-app",
        FunctionArgs(
            place=place,
            group=group,
            code=Code(entry_point=f"{CODE}.notes", dependencies=DEPENDENCIES),
            identity=api.ref,
            network=network.inside,
            environment=logged_in(api.ref, ROLE),
            is_public=True,
            calls_at_once=CALLS_AT_ONCE,
            warm_instances=settings.warm_instances,
            log_retention_days=settings.log_retention_days,
        ),
    )
    issuer = settings.tokens.issuer or LOCAL_ISSUER
    audience = settings.tokens.audience or NAME
    front = Api(
        f"{NAME}-front",
        ApiArgs(
            place=place,
            group=group,
            function_name=notes.name,
            function_host=notes.host,
            issuer=issuer,
            audience=[audience],
        ),
    )
    return {
        "api_url": front.url,
        "issuer": issuer,
        "audience": audience,
        # In this order: what is sent up to these apps runs (docs/clouds/azure.md).
        "resource_group": group,
        "packages": {
            "migrations": {"app": migrating.name, "file": migrating.package},
            "api": {"app": notes.name, "file": notes.package},
        },
    }
