"""An Aurora Serverless v2 PostgreSQL that pauses when nobody uses it.

The decision taken here for everybody: functions log in with IAM tokens over TLS, as a database
user of their own; the master's password is AWS's and is used by migrations only. Sessions end
before the pause time, because one idle session of a frozen function keeps the database awake. How
long a statement or a silence may last is said here, by the server, once for whoever comes. A proxy
before it is a block of its own (`DataProxy`), for a database that does not pause.
"""

import re
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.function import NetworkRef
from pilaster.aws.iam import Grant
from pilaster.naming import Place, once
from pilaster.tagging import tags

ENGINE = aws.rds.EngineType.AURORA_POSTGRESQL
PAUSES_FROM = {13: 15, 14: 12, 15: 7, 16: 3, 17: 0}
"""The first minor version of each major one that can pause."""
MASTER = "pilaster_master"
OPEN_MILLISECONDS = "60000"
"""How long a transaction may lie open: a function that was killed in one holds its locks so long.
"""


@dataclass(frozen=True, kw_only=True)
class DataTierArgs:
    """Where a database is and how large it may get."""

    place: Place
    """Project, stack, account, region."""
    network: NetworkRef
    """The network's `database` side."""
    database_name: str
    """The database that is made with it."""
    engine_version: str = "17.7"
    """Raised here, seen in a plan: AWS does not raise it by itself. 17.7 and 16.8 are long-term
    releases, kept for three years; an ordinary one can be withdrawn after one."""
    min_capacity: float = 0
    """Capacity units (2 GiB of memory each) kept when idle; 0 lets it pause and cost nothing."""
    max_capacity: float = 4
    """Capacity units at the most."""
    pause_after_seconds: int = 300
    """Idle time after which it pauses. The next call waits some 15 seconds for it."""
    idle_session_seconds: int = 240
    """Idle time after which a session is closed; less than the pause time."""
    statement_timeout_seconds: int = 8
    """How long a statement may run before it is ended; migrations take their time."""
    backup_retention_days: int = 7
    """How far back it can be restored, to the second."""
    protect: bool = True
    """Refuse to be deleted or replaced; a last snapshot is taken if it is after all."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", self.database_name):
            raise ValueError(
                f"database_name {self.database_name!r} would have to be quoted for ever: "
                "use lower-case letters, digits and underscores, a letter first"
            )
        if not 0 <= self.min_capacity <= self.max_capacity <= 256:
            raise ValueError(
                f"capacity from {self.min_capacity} to {self.max_capacity} is no range: "
                "0 <= min_capacity <= max_capacity <= 256"
            )
        if self.statement_timeout_seconds < 1 or self.idle_session_seconds < 1:
            raise ValueError(
                f"statement_timeout_seconds {self.statement_timeout_seconds} and "
                f"idle_session_seconds {self.idle_session_seconds} must be 1 or more: to "
                "PostgreSQL 0 is no limit"
            )
        if not 1 <= self.backup_retention_days <= 35:
            raise ValueError(
                f"backup_retention_days {self.backup_retention_days} is not within 1 and 35"
            )
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", self.engine_version):
            raise ValueError(
                f"engine_version {self.engine_version!r} is no version: write it as 17.7"
            )
        if self.pauses:
            self._check_pause()

    @property
    def pauses(self) -> bool:
        """Whether it pauses when idle."""
        return self.min_capacity == 0

    def _check_pause(self) -> None:
        major, minor, *_ = *self.engine_version.split("."), "0"
        least = PAUSES_FROM.get(int(major), 0 if int(major) > max(PAUSES_FROM) else None)
        if least is None or int(minor) < least:
            raise ValueError(
                f"engine_version {self.engine_version!r} cannot pause: take one of "
                + ", ".join(f"{major}.{minor}" for major, minor in PAUSES_FROM.items())
                + " or later of the same, or set min_capacity to 0.5 or more"
            )
        if not 300 <= self.pause_after_seconds <= 86_400:
            raise ValueError(
                f"pause_after_seconds {self.pause_after_seconds} is not within 300 and 86400"
            )
        if self.idle_session_seconds >= self.pause_after_seconds:
            raise ValueError(
                f"idle_session_seconds {self.idle_session_seconds} must be less than "
                f"pause_after_seconds {self.pause_after_seconds}: a session of a frozen function "
                "would keep the database awake"
            )


class DataTier(pulumi.ComponentResource):
    """See the module's first lines."""

    host: pulumi.Output[str]
    """Where functions connect. Known once it is there."""
    port: pulumi.Output[str]
    """On which port: as text, since it goes into an environment."""
    database_name: pulumi.Output[str]
    """To which database."""
    cluster_identifier: pulumi.Output[str]
    """What a proxy leads to. Known at preview."""
    cluster_arn: pulumi.Output[str]
    """What the Data API names. Known at preview."""
    master_secret_arn: pulumi.Output[str]
    """Where the master's password is; AWS changes it every week."""
    cluster_resource_id: pulumi.Output[str]
    """What `rds-db:connect` names, before a slash and the database user. AWS draws it."""

    def __init__(
        self, name: str, args: DataTierArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:DataTier", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = tags(args.place, name)
        identifier = args.place.name("cluster", name)
        self._place = args.place
        self._logical_name = name
        self._arn = args.place.arn("rds", f"cluster:{identifier}")

        subnets_name = args.place.name("subnet-group", name)
        parameters_name = args.place.name("parameter-group", name)
        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets",
            name=subnets_name,
            subnet_ids=args.network.subnet_ids,
            tags=labels,
            opts=child,
        )
        parameters = aws.rds.ClusterParameterGroup(
            f"{name}-parameters",
            name=parameters_name,
            family=f"{ENGINE.value}{args.engine_version.split('.')[0]}",
            parameters=[
                {"name": "rds.force_ssl", "value": "1"},
                # In milliseconds.
                {"name": "idle_session_timeout", "value": f"{args.idle_session_seconds}000"},
                {"name": "idle_in_transaction_session_timeout", "value": OPEN_MILLISECONDS},
                {"name": "statement_timeout", "value": f"{args.statement_timeout_seconds}000"},
            ],
            tags=labels,
            opts=child,
        )
        cluster = aws.rds.Cluster(
            f"{name}-cluster",
            cluster_identifier=identifier,
            engine=ENGINE,
            engine_mode="provisioned",  # AWS's word for Serverless v2
            engine_version=args.engine_version,
            database_name=args.database_name,
            master_username=MASTER,
            manage_master_user_password=True,
            iam_database_authentication_enabled=True,
            enable_http_endpoint=True,
            storage_encrypted=True,
            serverlessv2_scaling_configuration=_capacity(args),
            db_cluster_parameter_group_name=once(parameters, parameters_name),
            db_subnet_group_name=once(subnets, subnets_name),
            vpc_security_group_ids=args.network.security_group_ids,
            backup_retention_period=args.backup_retention_days,
            copy_tags_to_snapshot=True,
            deletion_protection=args.protect,
            skip_final_snapshot=not args.protect,
            final_snapshot_identifier=f"{identifier}-final" if args.protect else None,
            tags=labels,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        instance = aws.rds.ClusterInstance(
            f"{name}-instance",
            identifier=args.place.name("cluster", f"{name}-1"),
            cluster_identifier=once(cluster, identifier),
            engine=ENGINE,
            engine_version=args.engine_version,
            instance_class="db.serverless",
            publicly_accessible=False,
            auto_minor_version_upgrade=False,
            tags=labels,
            opts=child,
        )

        self.cluster_resource_id = cluster.cluster_resource_id
        # A cluster has an address before it has an instance that answers there.
        self.host = pulumi.Output.all(cluster.endpoint, instance.urn).apply(lambda both: both[0])
        self.port = cluster.port.apply(lambda port: str(int(port)))  # numbers arrive as floats
        self.database_name = once(cluster, args.database_name)
        self.cluster_identifier = once(instance, identifier)
        self.cluster_arn = once(instance, self._arn)
        self.master_secret_arn = cluster.master_user_secrets.apply(
            lambda secrets: secrets[0].secret_arn or ""
        )
        self.register_outputs(
            {
                "host": self.host,
                "port": self.port,
                "databaseName": self.database_name,
                "clusterIdentifier": self.cluster_identifier,
                "clusterArn": self.cluster_arn,
                "masterSecretArn": self.master_secret_arn,
                "clusterResourceId": self.cluster_resource_id,
            }
        )

    def connect(self, user: str) -> Grant:
        """Logging in as that database user; for functions inside."""
        users = pulumi.Output.concat(
            self._place.arn("rds-db", "dbuser:"), self.cluster_resource_id, f"/{user}"
        )
        return Grant(
            owner=self._logical_name, actions=["rds-db:connect"], resources=[users], known=False
        )

    def execute_statements(self) -> Grant:
        """Running SQL through the Data API, which works from outside; for migrations."""
        return Grant(
            owner=self._logical_name,
            actions=[
                "rds-data:BeginTransaction",
                "rds-data:CommitTransaction",
                "rds-data:ExecuteStatement",
                "rds-data:RollbackTransaction",
            ],
            resources=[self._arn],
        )

    def read_master_secret(self) -> Grant:
        """Reading the master's password, which the Data API wants; for migrations."""
        return Grant(
            owner=self._logical_name,
            actions=["secretsmanager:GetSecretValue"],
            resources=[self.master_secret_arn],
            known=False,
        )


def _capacity(args: DataTierArgs) -> aws.rds.ClusterServerlessv2ScalingConfigurationArgs:
    return aws.rds.ClusterServerlessv2ScalingConfigurationArgs(
        min_capacity=args.min_capacity,
        max_capacity=args.max_capacity,
        seconds_until_auto_pause=args.pause_after_seconds if args.pauses else None,
    )
