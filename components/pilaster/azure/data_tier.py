"""A PostgreSQL flexible server on a private address, where nobody has a password.

The decision taken here for everybody: whoever logs in is an identity of Entra's, with a token for
an hour over TLS; the server has no password and no public address, and only migrations run as its
administrator. Sessions end by themselves, so that a frozen function keeps none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pulumi
from pulumi_azure_native import dbforpostgresql as postgresql

from pilaster.azure.identity import IdentityRef
from pilaster.azure.naming import Place
from pilaster.azure.network import NetworkRef
from pilaster.naming import once
from pilaster.tagging import tags

PORT = "5432"
SIZES: Mapping[str, str] = MappingProxyType(
    {
        "Standard_B1ms": "Burstable",
        "Standard_B2s": "Burstable",
        "Standard_B2ms": "Burstable",
        "Standard_D2ds_v5": "GeneralPurpose",
        "Standard_D4ds_v5": "GeneralPurpose",
        "Standard_D8ds_v5": "GeneralPurpose",
    }
)
"""Sizes that are taken, by the tier Azure wants named with them."""
STORAGE_GIB = (32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)
OPEN_MILLISECONDS = "60000"
"""How long a transaction may lie open: a function that was killed in one holds its locks so long.
"""


@dataclass(frozen=True, kw_only=True)
class DataTierArgs:
    """Where a database is and how large."""

    place: Place
    """Project, stack, subscription, location."""
    group: pulumi.Input[str]
    """The resource group's name."""
    network: NetworkRef
    """The network's `database` side."""
    database_name: str
    """The database that is made with it."""
    administrator: IdentityRef
    """The identity that migrations run as."""
    engine_version: str = "17"
    """PostgreSQL's major version; Azure raises the minor one in the maintenance window."""
    size: str = "Standard_B1ms"
    """Cores and memory: one of `SIZES`. It runs and costs day and night; Azure has none that
    pauses."""
    storage_gib: int = 32
    """Disk; it grows by itself and never shrinks."""
    idle_session_seconds: int = 240
    """Idle time after which a session is closed."""
    statement_timeout_seconds: int = 8
    """How long a statement may run before it is ended; migrations take their time."""
    backup_retention_days: int = 7
    """How far back it can be restored, to the second."""
    protect: bool = True
    """Refuse to be deleted or replaced."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", self.database_name):
            raise ValueError(
                f"database_name {self.database_name!r} would have to be quoted for ever: "
                "use lower-case letters, digits and underscores, a letter first"
            )
        if self.size not in SIZES:
            raise ValueError(f"size {self.size!r} is not known: take one of {', '.join(SIZES)}")
        if self.engine_version not in {"13", "14", "15", "16", "17", "18"}:
            raise ValueError(
                f"engine_version {self.engine_version!r} is none of Azure's: write a major version "
                "from 13 to 18, such as '17'"
            )
        if self.storage_gib not in STORAGE_GIB:
            raise ValueError(
                f"storage_gib {self.storage_gib} is no size of disk: take one of "
                + ", ".join(map(str, STORAGE_GIB))
            )
        if not 7 <= self.backup_retention_days <= 35:
            raise ValueError(
                f"backup_retention_days {self.backup_retention_days} is not within 7 and 35"
            )
        if self.statement_timeout_seconds < 1 or self.idle_session_seconds < 1:
            raise ValueError(
                f"statement_timeout_seconds {self.statement_timeout_seconds} and "
                f"idle_session_seconds {self.idle_session_seconds} must be 1 or more: to "
                "PostgreSQL 0 is no limit"
            )


class DataTier(pulumi.ComponentResource):
    """See the module's first lines."""

    host: pulumi.Output[str]
    """Where functions connect: a private name. Known at preview."""
    port: pulumi.Output[str]
    """On which port: as text, since it goes into an environment."""
    database_name: pulumi.Output[str]
    """To which database."""

    def __init__(
        self, name: str, args: DataTierArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:azure:DataTier", name, None, opts)
        server_name = args.place.worldwide("database", name)
        server = postgresql.Server(
            f"{name}-server",
            server_name=server_name,
            resource_group_name=args.group,
            location=args.place.location,
            version=args.engine_version,
            sku={"name": args.size, "tier": SIZES[args.size]},
            storage={"storage_size_gb": args.storage_gib, "auto_grow": "Enabled"},
            backup={
                "backup_retention_days": args.backup_retention_days,
                "geo_redundant_backup": "Disabled",
            },
            high_availability={"mode": "Disabled"},
            auth_config={
                "active_directory_auth": "Enabled",
                "password_auth": "Disabled",
                "tenant_id": args.place.tenant,
            },
            network={
                "delegated_subnet_resource_id": args.network.subnet_id,
                "private_dns_zone_arm_resource_id": args.network.private_dns_zone_id,
                "public_network_access": "Disabled",
            },
            create_mode="Default",
            tags=tags(args.place, name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        # The server takes one change at a time, and refuses a second meanwhile.
        last: pulumi.Resource = server
        for setting, value in server_settings(args).items():
            last = postgresql.Configuration(
                f"{name}-{setting.replace('_', '-')}",
                configuration_name=setting,
                server_name=once(server, server_name),
                resource_group_name=args.group,
                source="user-override",
                value=value,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[last]),
            )
        database = postgresql.Database(
            f"{name}-database",
            database_name=args.database_name,
            server_name=once(server, server_name),
            resource_group_name=args.group,
            charset="UTF8",
            collation="en_US.utf8",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[last], protect=args.protect),
        )
        administrator = postgresql.AdministratorsMicrosoftEntra(
            f"{name}-administrator",
            object_id=args.administrator.principal_id,
            principal_name=args.administrator.name,
            principal_type="ServicePrincipal",
            tenant_id=args.place.tenant,
            server_name=once(server, server_name),
            resource_group_name=args.group,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[database]),
        )
        self.host = once(administrator, f"{server_name}.postgres.database.azure.com")
        self.port = once(server, PORT)
        self.database_name = once(database, args.database_name)
        self.register_outputs(
            {"host": self.host, "port": self.port, "databaseName": self.database_name}
        )


def server_settings(args: DataTierArgs) -> Mapping[str, str]:
    """What the server is told, once for whoever comes."""
    return {
        "require_secure_transport": "on",
        "ssl_min_protocol_version": "TLSv1.2",
        "idle_session_timeout": f"{args.idle_session_seconds}000",  # in milliseconds
        "idle_in_transaction_session_timeout": OPEN_MILLISECONDS,
        "statement_timeout": f"{args.statement_timeout_seconds}000",
    }
