"""The notes service on AWS: the architecture drawing, in code.

An HTTP API checks tokens; one function inside the network answers every route but /health and logs
in to Aurora with its own role. Names (environment) and grants (permissions) go from one part to the
other here and nowhere else.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pulumi
from pilaster.aws import (
    Api,
    ApiArgs,
    Code,
    DataTier,
    DataTierArgs,
    FunctionArgs,
    Migrations,
    MigrationsArgs,
    Network,
    NetworkArgs,
    Throttle,
    Users,
    UsersArgs,
)
from pilaster.naming import Place
from pilaster.packaging import Target

from systems.service.settings import ServiceSettings, Size

NAME = "notes"
CODE = "lambdas.service.aws"
ROLE = "service_api"
"""The function's database user (lambdas/service/migrations/002_roles.sql)."""
CAPACITY: dict[Size, tuple[float, float]] = {
    "small": (0, 2),
    "medium": (0.5, 8),
    "large": (2, 32),
}
"""Aurora capacity units (2 GiB of memory each), at least and at the most; from 0 it pauses."""

API = "ANY /api/v1/{path+}"
HEALTH = "GET /health"
UNKNOWN = "$default"
THROTTLES = {
    API: Throttle(rate=100, burst=200),
    HEALTH: Throttle(rate=10, burst=20),
    UNKNOWN: Throttle(rate=10, burst=20),
}


def deploy(settings: ServiceSettings) -> dict[str, pulumi.Input[Any]]:
    """Declares the system; what the stack exports."""
    place = Place(
        project=pulumi.get_project(),
        stack=pulumi.get_stack(),
        account=settings.account,
        region=settings.region,
        zones=settings.zones,
        target=Target.of_this_machine() if settings.target == "machine" else Target(),
    )
    network = Network(f"{NAME}-network", NetworkArgs(place=place))
    least, most = CAPACITY[settings.size]
    data = DataTier(
        f"{NAME}-data",
        DataTierArgs(
            place=place,
            network=network.database,
            database_name=NAME,
            min_capacity=least,
            max_capacity=most,
            idle_session_seconds=settings.idle_session_seconds,
            statement_timeout_seconds=settings.statement_timeout_seconds,
            backup_retention_days=settings.backup_days,
            protect=settings.protect,
        ),
    )
    migrations = Migrations(
        f"{NAME}-migrations",
        MigrationsArgs(
            place=place,
            digest=_digest(Path(place.root) / "lambdas/service"),
            function=FunctionArgs(
                place=place,
                code=Code(entry_point=f"{CODE}.migrate", dependencies="edge"),
                environment={
                    "CLUSTER_ARN": data.cluster_arn,
                    "MASTER_SECRET_ARN": data.master_secret_arn,
                    "DATABASE_NAME": data.database_name,
                },
                grants=[data.execute_statements(), data.read_master_secret()],
                # A paused database takes up to a minute to wake before the first statement.
                timeout_seconds=300,
                log_retention_days=settings.log_retention_days,
            ),
        ),
    )
    issuer, audience, exported = _tokens(place, settings)
    notes = FunctionArgs(
        place=place,
        code=Code(entry_point=f"{CODE}.notes", dependencies="service"),
        environment={
            "DATABASE_HOST": migrations.after(data.host),  # no code runs on tables not there yet
            "DATABASE_PORT": data.port,
            "DATABASE_NAME": data.database_name,
            "DATABASE_USER": ROLE,
            "DATABASE_PROXIED": "false",
            "DATABASE_IDLE_SECONDS": str(settings.idle_session_seconds),
        },
        grants=[data.connect(ROLE)],
        network=network.inside,
        timeout_seconds=28,  # API Gateway gives up after 30
        warm_instances=settings.warm_instances,
        log_retention_days=settings.log_retention_days,
    )
    api = Api(
        f"{NAME}-api",
        ApiArgs(
            place=place,
            issuer=issuer,
            audience=[audience],
            public_routes=[HEALTH, UNKNOWN],
            routes={
                HEALTH: _small(place, settings, "health"),
                API: notes,
                # Without it the gateway answers what is no route, and not as a problem.
                UNKNOWN: _small(place, settings, "unknown"),
            },
            throttles=THROTTLES,
            log_retention_days=settings.log_retention_days,
        ),
    )
    return {"api_url": api.url, "issuer": issuer, "audience": audience, **exported}


def _small(place: Place, settings: ServiceSettings, entry: str) -> FunctionArgs:
    """Outside, on the standard library alone, with no permission but to log."""
    return FunctionArgs(
        place=place,
        code=Code(entry_point=f"{CODE}.{entry}"),
        memory_mib=128,
        timeout_seconds=3,
        log_retention_days=settings.log_retention_days,
    )


def _tokens(
    place: Place, settings: ServiceSettings
) -> tuple[pulumi.Input[str], pulumi.Input[str], dict[str, pulumi.Input[Any]]]:
    """Whose tokens are taken and for whom, and what is exported of that."""
    if settings.tokens.issuer:
        return settings.tokens.issuer, settings.tokens.audience, {}
    users = Users(f"{NAME}-users", UsersArgs(place=place, protect=settings.protect))
    exported = {"user_pool_id": users.pool_id, "user_pool_client_id": users.client_id}
    return users.issuer, users.client_id, exported


def _digest(service: Path) -> str:
    """Changes when a migration does; the function that runs them is invoked again then."""
    found = [*sorted(service.glob("migrations/*.sql")), *sorted(service.glob("aws/logins/*.sql"))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in found)).hexdigest()
