"""An RDS Proxy before a database: sessions that functions share, and a failover they hardly notice.

The decision taken here for everybody: IAM all the way, and no secret. Who connects shows a token to
the proxy, as the same database user the proxy then logs in as, with a token of its own role; TLS on
both ways. A proxy keeps sessions open and bills by the hour: it is for a database that never
pauses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws import iam
from pilaster.aws.function import NetworkRef
from pilaster.aws.iam import Grant
from pilaster.naming import Place, once
from pilaster.tagging import tags

PORT = 5432
TARGETS = "default"
"""A proxy has this one group of targets, and AWS makes it."""


@dataclass(frozen=True, kw_only=True)
class DataProxyArgs:
    """Which database a proxy leads to, as whom, and how many sessions it keeps."""

    place: Place
    """Project, stack, account, region."""
    network: NetworkRef
    """The network's `database` side."""
    cluster_identifier: pulumi.Input[str]
    """Of the data tier."""
    cluster_resource_id: pulumi.Input[str]
    """Of the data tier: what the proxy's own logins name."""
    users: Sequence[str]
    """Database users that may log in through it, and no others."""
    max_connections_percent: int = 80
    """Of the sessions the database allows, how many it may take: the rest is for the Data API and
    for who looks after it."""
    max_idle_connections_percent: int = 20
    """How many it keeps open while nobody asks."""
    borrow_seconds: int = 5
    """How long a caller waits for a session; then it is told that there is none."""
    idle_client_seconds: int = 240
    """Idle time after which a function's connection is closed."""

    def __post_init__(self) -> None:
        if not self.users:
            raise ValueError("users is empty: nobody could log in; name the database users")
        if not 1 <= self.max_connections_percent <= 100:
            raise ValueError(
                f"max_connections_percent {self.max_connections_percent} is not within 1 and 100"
            )
        if not 0 <= self.max_idle_connections_percent <= self.max_connections_percent:
            raise ValueError(
                f"max_idle_connections_percent {self.max_idle_connections_percent} is not within "
                f"0 and max_connections_percent ({self.max_connections_percent})"
            )
        if not 1 <= self.borrow_seconds <= 300:
            raise ValueError(f"borrow_seconds {self.borrow_seconds} is not within 1 and 300")
        if not 1 <= self.idle_client_seconds <= 28_800:
            raise ValueError(
                f"idle_client_seconds {self.idle_client_seconds} is not within 1 and 28800"
            )


class DataProxy(pulumi.ComponentResource):
    """See the module's first lines."""

    host: pulumi.Output[str]
    """Where functions connect, on the database's port. Known once it leads somewhere."""
    resource_id: pulumi.Output[str]
    """What `rds-db:connect` names, before a slash and the database user. AWS draws it."""

    def __init__(
        self, name: str, args: DataProxyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:DataProxy", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = tags(args.place, name)
        proxy_name = args.place.name("proxy", name)
        self._place = args.place
        self._logical_name = name
        self._users = frozenset(args.users)

        role = aws.iam.Role(
            f"{name}-role",
            name=args.place.name("role", name),
            # The proxy's ARN is drawn by AWS, and drawn after the role: there is no source to name.
            assume_role_policy=iam.trust("rds"),
            tags=labels,
            opts=child,
        )
        users = [
            pulumi.Output.concat(
                args.place.arn("rds-db", "dbuser:"), args.cluster_resource_id, f"/{user}"
            )
            for user in sorted(self._users)
        ]
        logins = Grant(owner=name, actions=["rds-db:connect"], resources=users, known=False)
        policy = aws.iam.RolePolicy(
            f"{name}-logins",
            name="logins",
            role=role.name,
            policy=iam.document(iam.statements([logins])),
            opts=child,
        )
        ways = self._way(name, args.network, labels)
        proxy = aws.rds.Proxy(
            f"{name}-proxy",
            name=proxy_name,
            engine_family="POSTGRESQL",
            default_auth_scheme="IAM_AUTH",
            require_tls=True,
            idle_client_timeout=args.idle_client_seconds,
            role_arn=role.arn,
            vpc_subnet_ids=args.network.subnet_ids,
            vpc_security_group_ids=args.network.security_group_ids,
            tags=labels,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy, *ways]),
        )
        group = aws.rds.ProxyDefaultTargetGroup(
            f"{name}-sessions",
            db_proxy_name=once(proxy, proxy_name),
            connection_pool_config={
                "connection_borrow_timeout": args.borrow_seconds,
                "max_connections_percent": args.max_connections_percent,
                "max_idle_connections_percent": args.max_idle_connections_percent,
            },
            opts=child,
        )
        target = aws.rds.ProxyTarget(
            f"{name}-target",
            db_proxy_name=once(proxy, proxy_name),
            target_group_name=once(group, TARGETS),
            db_cluster_identifier=args.cluster_identifier,
            opts=child,
        )

        # A proxy has an address before it leads anywhere.
        self.host = pulumi.Output.all(proxy.endpoint, target.urn).apply(lambda both: both[0])
        self.resource_id = proxy.arn.apply(lambda arn: arn.rpartition(":")[2])
        self.register_outputs({"host": self.host, "resourceId": self.resource_id})

    def connect(self, user: str) -> Grant:
        """Logging in through it as that database user; for functions inside."""
        if user not in self._users:
            raise ValueError(
                f"proxy {self._logical_name!r} has no user {user!r}: it has "
                f"{', '.join(sorted(self._users))}"
            )
        there = pulumi.Output.concat(
            self._place.arn("rds-db", "dbuser:"), self.resource_id, f"/{user}"
        )
        return Grant(
            owner=self._logical_name, actions=["rds-db:connect"], resources=[there], known=False
        )

    def _way(self, name: str, network: NetworkRef, labels: dict[str, str]) -> list[pulumi.Resource]:
        """From the database's side to itself: the proxy lies there, beside the database."""
        group = pulumi.Output.from_input(network.security_group_ids).apply(lambda ids: ids[0])
        child = pulumi.ResourceOptions(parent=self)
        return [
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-to-database",
                security_group_id=group,
                description="The proxy to the database",
                ip_protocol="tcp",
                from_port=PORT,
                to_port=PORT,
                referenced_security_group_id=group,
                tags=labels,
                opts=child,
            ),
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-from-proxy",
                security_group_id=group,
                description="The database from the proxy",
                ip_protocol="tcp",
                from_port=PORT,
                to_port=PORT,
                referenced_security_group_id=group,
                tags=labels,
                opts=child,
            ),
        ]
