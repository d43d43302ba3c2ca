"""A Cloud SQL for PostgreSQL on a private address alone.

The decision taken here for everybody: who connects logs in as a service account with a short-lived
token (no password is made), over TLS and nothing else, from inside the network. The instance's own
authority signs its certificate and no other's, so a client that trusts it alone is sure of the
server without its name (`verify-ca`). How long a statement or a silence may last is said here, by
the server, once for whoever comes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pulumi
from pulumi_gcp import sql

from pilaster.gcp.iam import Grant
from pilaster.gcp.identity import IdentityRef
from pilaster.gcp.naming import Place, labels
from pilaster.gcp.network import NetworkRef
from pilaster.naming import once

VERSIONS = ("15", "16", "17", "18")
CONNECTIONS: Mapping[str, int] = MappingProxyType({"db-f1-micro": 25, "db-g1-small": 50})
"""What the shared sizes allow by default; of the others it is counted from their memory."""
_CONNECTIONS_BY_GB = (
    (120, 1000),
    (60, 800),
    (30, 600),
    (15, 500),
    (7.5, 400),
    (6, 200),
    (3.75, 100),
)
KEPT_FOR_THE_PLATFORM = 6
"""Of the connections, what Google's own agents and a person with a problem need."""
OPEN_MILLISECONDS = "60000"
"""How long a transaction may lie open: a function that was killed in one holds its locks so long.
"""
_CUSTOM = re.compile(r"db-custom-(?P<cpus>[0-9]+)-(?P<mib>[0-9]+)")


@dataclass(frozen=True, kw_only=True)
class DatabaseUser:
    """Who may log in."""

    identity: IdentityRef
    """A service account; its database user is its address without Google's ending."""
    roles: Sequence[str] = ()
    """Database roles it has from the start: `cloudsqlsuperuser` for who migrates, none for others.
    """


@dataclass(frozen=True, kw_only=True)
class DataTierArgs:
    """Where a database is and how large."""

    place: Place
    """Project, stack, Google's project, region."""
    network: NetworkRef
    """The network's `database` side."""
    database_name: str
    """The database that is made with it."""
    users: Mapping[str, DatabaseUser]
    """Who may log in, by what we call them."""
    engine_version: str = "17"
    """Raised here, seen in a plan; Google brings minor versions by itself."""
    tier: str = "db-f1-micro"
    """`db-f1-micro` and `db-g1-small` share a CPU; `db-custom-2-7680` has 2 and 7,680 MiB."""
    highly_available: bool = False
    """Whether a second instance stands by in another zone; it costs as much again."""
    storage_gb: int = 10
    """To begin with; it grows by itself, up to `max_storage_gb`."""
    max_storage_gb: int = 100
    """The most it grows to."""
    idle_session_seconds: int = 240
    """Idle time after which a session is closed."""
    statement_timeout_seconds: int = 8
    """How long a statement may run before it is ended; migrations take their time."""
    backup_retention_days: int = 7
    """How many daily backups are kept; and it can be restored to the second for up to 7 days."""
    protect: bool = True
    """Refuse to be deleted or replaced; backups outlive it if it is after all."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", self.database_name):
            raise ValueError(
                f"database_name {self.database_name!r} would have to be quoted for ever: "
                "use lower-case letters, digits and underscores, a letter first"
            )
        if self.engine_version not in VERSIONS:
            raise ValueError(
                f"engine_version {self.engine_version!r} is none of {', '.join(VERSIONS)}: Google "
                "takes the major version alone"
            )
        if not self.users:
            raise ValueError("users is empty: nobody could log in; name the identities")
        max_connections(self.tier)
        if self.statement_timeout_seconds < 1 or self.idle_session_seconds < 1:
            raise ValueError(
                f"statement_timeout_seconds {self.statement_timeout_seconds} and "
                f"idle_session_seconds {self.idle_session_seconds} must be 1 or more: to "
                "PostgreSQL 0 is no limit"
            )
        if not 1 <= self.backup_retention_days <= 365:
            raise ValueError(
                f"backup_retention_days {self.backup_retention_days} is not within 1 and 365"
            )
        if not 10 <= self.storage_gb <= self.max_storage_gb <= 65_536:
            raise ValueError(
                f"storage from {self.storage_gb} to {self.max_storage_gb} GB is no range: "
                "10 <= storage_gb <= max_storage_gb <= 65536"
            )


class DataTier(pulumi.ComponentResource):
    """See the module's first lines."""

    host: pulumi.Output[str]
    """Where functions connect: a private address. Known once it is there."""
    port: pulumi.Output[str]
    """On which port: as text, since it goes into an environment."""
    database_name: pulumi.Output[str]
    """To which database. Known once whoever logs in is known there."""
    certificate_authority: pulumi.Output[str]
    """Whose certificate to trust, in PEM: the instance's own, which is no secret."""
    instance_name: pulumi.Output[str]
    """What commands and alarms name. Known at preview."""

    def __init__(
        self, name: str, args: DataTierArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:gcp:DataTier", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        place = args.place
        instance_name = place.name("instance", name)
        instance = sql.DatabaseInstance(
            f"{name}-instance",
            project=place.cloud_project,
            region=place.region,
            name=instance_name,
            database_version=f"POSTGRES_{args.engine_version}",
            settings=_settings(name, args),
            # The provider's own guard, beside Google's (in the settings) and Pulumi's.
            deletion_protection=args.protect,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        database = sql.Database(
            f"{name}-database",
            project=place.cloud_project,
            instance=once(instance, instance_name),
            name=args.database_name,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        users = [
            sql.User(
                f"{name}-user-{called}",
                project=place.cloud_project,
                instance=once(instance, instance_name),
                name=login(user.identity),
                type="CLOUD_IAM_SERVICE_ACCOUNT",
                database_roles=list(user.roles) or None,
                opts=child,
            )
            for called, user in args.users.items()
        ]
        ready = pulumi.Output.all(database.urn, *(user.urn for user in users))
        self.host = instance.private_ip_address
        self.port = once(instance, "5432")
        self.database_name = ready.apply(lambda _: args.database_name)
        # The SDK holds all of a certificate for a secret; its public half is shown to who connects.
        self.certificate_authority = pulumi.Output.unsecret(instance.server_ca_certs).apply(
            lambda certificates: "".join(each.cert or "" for each in certificates)
        )
        self.instance_name = once(instance, instance_name)
        self.register_outputs(
            {
                "host": self.host,
                "port": self.port,
                "databaseName": self.database_name,
                "certificateAuthority": self.certificate_authority,
                "instanceName": self.instance_name,
            }
        )

    @staticmethod
    def login_grant(name: str, place: Place) -> Grant:
        """Logging in with a token to the data tier of that name; as whom, its `users` say.

        It is made of the name alone: an account is there before the database that knows it.
        """
        instance = place.address("instances", place.name("instance", name))
        return Grant(
            owner=name,
            role="roles/cloudsql.instanceUser",
            kind="project",  # Google binds it nowhere else
            resource=place.cloud_project,
            condition=(
                f'resource.name == "{instance}" && '
                'resource.type == "sqladmin.googleapis.com/Instance"'
            ),
            why="logs in to the database as itself",
        )


def login(identity: IdentityRef) -> pulumi.Output[str]:
    """The database user of a service account: PostgreSQL's names have 63 bytes, so Google cuts."""
    return pulumi.Output.from_input(identity.email).apply(
        lambda email: email.removesuffix(".gserviceaccount.com")
    )


def max_connections(tier: str) -> int:
    """How many connections an instance of that size takes, as Google sets them by its memory.

    Raises ValueError for a size that is none of Cloud SQL's.
    """
    if tier in CONNECTIONS:
        return CONNECTIONS[tier]
    found = _CUSTOM.fullmatch(tier)
    cpus, mib = (int(found["cpus"]), int(found["mib"])) if found else (0, 0)
    if not (cpus == 1 or (cpus % 2 == 0 and 2 <= cpus <= 96)) or mib < 3840 or mib % 256:
        raise ValueError(
            f"tier {tier!r} is no size of Cloud SQL for PostgreSQL: use "
            f"{', '.join(CONNECTIONS)} or db-custom-<CPUs>-<MiB> with 1 or an even number of CPUs "
            "and 3,840 MiB or more, in steps of 256 (db-custom-2-7680)"
        )
    if not 0.9 <= mib / 1024 / cpus <= 6.5:
        raise ValueError(
            f"tier {tier!r} has {mib / 1024 / cpus:.1f} GB for each CPU: Google takes 0.9 to 6.5"
        )
    return next(count for gb, count in _CONNECTIONS_BY_GB if mib / 1024 >= gb)


def _settings(name: str, args: DataTierArgs) -> sql.DatabaseInstanceSettingsArgs:
    return sql.DatabaseInstanceSettingsArgs(
        tier=args.tier,
        edition="ENTERPRISE",
        availability_type="REGIONAL" if args.highly_available else "ZONAL",
        disk_type="PD_SSD",
        disk_size=args.storage_gb,
        disk_autoresize=True,
        disk_autoresize_limit=args.max_storage_gb,
        ip_configuration=sql.DatabaseInstanceSettingsIpConfigurationArgs(
            ipv4_enabled=False,
            private_network=args.network.network,
            ssl_mode="ENCRYPTED_ONLY",
            server_ca_mode="GOOGLE_MANAGED_INTERNAL_CA",
        ),
        backup_configuration=sql.DatabaseInstanceSettingsBackupConfigurationArgs(
            enabled=True,
            point_in_time_recovery_enabled=True,
            transaction_log_retention_days=min(args.backup_retention_days, 7),
            backup_retention_settings=(
                sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs(
                    retained_backups=args.backup_retention_days, retention_unit="COUNT"
                )
            ),
        ),
        database_flags=[
            sql.DatabaseInstanceSettingsDatabaseFlagArgs(name=flag, value=value)
            for flag, value in {
                "cloudsql.iam_authentication": "on",
                # In milliseconds.
                "idle_session_timeout": f"{args.idle_session_seconds}000",
                "idle_in_transaction_session_timeout": OPEN_MILLISECONDS,
                "statement_timeout": f"{args.statement_timeout_seconds}000",
            }.items()
        ],
        deletion_protection_enabled=args.protect,
        retain_backups_on_delete=args.protect,
        user_labels=labels(args.place, name),
    )
