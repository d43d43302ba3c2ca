"""A serverless Valkey: private, encrypted, and entered with an IAM token only.

The decision taken here for everybody: it is a cache and no store. It keeps no snapshot, and what
uses it must be right without it. Each of its users has the keys and commands its access string
names, and a function logs in as one of them with a token of its own role; there are no passwords.
Requests name one key each: the service spreads keys over servers of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.function import NetworkRef
from pilaster.aws.iam import Grant
from pilaster.naming import Place, once
from pilaster.tagging import tags

ENGINE = "valkey"
MAJOR_VERSION = "8"
PORT = "6379"
_ACCESS = re.compile(r"on( ~[^\s~]+)+ resetchannels -@all( \+[a-z|]+)+")


@dataclass(frozen=True, kw_only=True)
class CacheArgs:
    """Where a cache is, how large it may get, and who may do what with it."""

    place: Place
    """Project, stack, account, region."""
    network: NetworkRef
    """The network's `cache` side."""
    users: Mapping[str, str]
    """Who logs in, such as `readings`, and what each may do, as Valkey's access strings have it:
    `on ~reading:* resetchannels -@all +get +set`."""
    max_storage_gb: int = 1
    """What it may hold at the most, in GB; what expires soonest goes first. AWS bills 0.1 at least.
    """
    max_ecpu_per_second: int = 1000
    """ElastiCache processing units (a request of up to 1 KB is one) a second at the most; more are
    refused until the second is over."""

    def __post_init__(self) -> None:
        if not 1 <= self.max_storage_gb <= 5000:
            raise ValueError(f"max_storage_gb {self.max_storage_gb} is not within 1 and 5000")
        if not 1000 <= self.max_ecpu_per_second <= 15_000_000:
            raise ValueError(
                f"max_ecpu_per_second {self.max_ecpu_per_second} is not within 1000 and 15000000"
            )
        if not self.users:
            raise ValueError("users is empty: nobody could log in; name one with its access string")
        for user, access in self.users.items():
            if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", user):
                raise ValueError(
                    f"user {user!r} is no name: use up to 20 lower-case letters, digits and "
                    "hyphens, a letter first"
                )
            if not _ACCESS.fullmatch(access) or " ~*" in access:
                raise ValueError(
                    f"access string {access!r} of user {user!r} is not narrow: write "
                    "'on ~prefix:* resetchannels -@all +command ...', each command by name"
                )


class Cache(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """Which cache a token is made for; not its host. Known at preview."""
    host: pulumi.Output[str]
    """Where functions connect, over TLS. Known once it is there."""
    port: pulumi.Output[str]
    """On which port: as text, since it goes into an environment."""

    def __init__(
        self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Cache", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = tags(args.place, name)
        self._place = args.place
        self._logical_name = name
        self._users = frozenset(args.users)
        self._cache = args.place.name("cache", name)

        users = [
            aws.elasticache.User(
                f"{name}-{user}",
                user_id=self.user_id(user),
                # With IAM the two must be one.
                user_name=self.user_id(user),
                engine=ENGINE,
                access_string=access,
                authentication_mode={"type": "iam"},
                tags=labels,
                opts=child,
            )
            for user, access in sorted(args.users.items())
        ]
        group_id = args.place.name("cache", f"{name}-users")
        group = aws.elasticache.UserGroup(
            f"{name}-users",
            user_group_id=group_id,
            engine=ENGINE,
            user_ids=[each.user_id for each in users],
            tags=labels,
            opts=child,
        )
        cache = aws.elasticache.ServerlessCache(
            f"{name}-cache",
            name=self._cache,
            engine=ENGINE,
            major_engine_version=MAJOR_VERSION,
            description="What can be made again",
            cache_usage_limits={
                "data_storage": {"maximum": args.max_storage_gb, "unit": "GB"},
                "ecpu_per_seconds": [{"maximum": args.max_ecpu_per_second}],
            },
            snapshot_retention_limit=0,
            security_group_ids=args.network.security_group_ids,
            subnet_ids=args.network.subnet_ids,
            user_group_id=once(group, group_id),
            tags=labels,
            opts=child,
        )

        self.name = once(cache, self._cache)
        self.host = cache.endpoints.apply(lambda found: found[0].address or "")
        self.port = cache.endpoints.apply(lambda found: str(int(found[0].port or int(PORT))))
        self.register_outputs({"name": self.name, "host": self.host, "port": self.port})

    def user_id(self, user: str) -> str:
        """What that user logs in as."""
        return self._place.name("cache-user", f"{self._logical_name}-{user}")

    def connect(self, user: str) -> Grant:
        """Logging in as that user; for functions inside. AWS asks for leave on both."""
        if user not in self._users:
            raise ValueError(
                f"cache {self._logical_name!r} has no user {user!r}: it has "
                f"{', '.join(sorted(self._users))}"
            )
        return Grant(
            owner=self._logical_name,
            actions=["elasticache:Connect"],
            resources=[
                self._place.arn("elasticache", f"serverlesscache:{self._cache}"),
                self._place.arn("elasticache", f"user:{self.user_id(user)}"),
            ],
        )
