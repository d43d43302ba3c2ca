"""Physical names, derived from project, stack and component path before any resource exists.

The one decision taken for everybody: what appears in a permission has a name that can be written
down at preview. A policy document then holds no unknown, and can be read and judged before it is
made. What cannot be derived stands in `UNDERIVABLE`.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pulumi

from pilaster.packaging.target import Target

LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "api": 128,
        "archive": 48,
        "bus": 256,
        "cache": 40,
        "cache-user": 40,
        "catalog": 255,
        "cluster": 63,
        "configuration-set": 64,
        "delivery": 60,
        "edge-control": 64,
        "edge-function": 64,
        "edge-policy": 128,
        "firewall": 128,
        "function": 64,
        "log-group": 512,
        "parameter-group": 255,
        "proxy": 60,
        "pool": 128,
        "queue": 80,
        "role": 64,
        "rule": 64,
        "secret": 512,
        "security-group": 255,
        "state-machine": 80,
        "subnet-group": 255,
        "table": 255,
        "workgroup": 128,
    }
)
"""AWS's longest name of each kind; a bucket's is `BUCKET_LIMIT`."""

BUCKET_LIMIT = 63

UNDERIVABLE: Mapping[str, str] = MappingProxyType(
    {
        "aws:apigatewayv2/api:Api": "AWS draws the API's id",
        "aws:apigatewayv2/authorizer:Authorizer": "AWS draws the authorizer's id",
        "aws:cloudfront/distribution:Distribution": "AWS draws the distribution's id and address",
        "aws:cognito/userPool:UserPool": "AWS draws the pool's id, which is in its ARN",
        "aws:cognito/userPoolClient:UserPoolClient": "AWS draws the client's id",
        "aws:kms/key:Key": "AWS draws the key's id; an alias is no resource of a policy",
        "aws:rds/cluster:Cluster": "rds-db:connect names a cluster by its drawn resource id",
        "aws:rds/proxy:Proxy": "rds-db:connect names a proxy by its drawn id, which is in its ARN",
        "aws:secretsmanager/secret:Secret": "AWS adds six random characters to the ARN",
        "aws:ec2/vpc:Vpc": "AWS draws the ids of all that is in a network",
    }
)
"""What has an ARN or id that only AWS knows, with the reason. A grant on one of these is not
`known` and gets an inline policy of its own, so that it hides one statement and not the role."""

_HASH = 8
_PREFIX_LIMIT = 24
"""Project and stack together, so that the start of a name survives where it has to be cut."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is deployed: what every block must know of the page's settings."""

    project: str
    """Pulumi's project; the first part of every physical name."""
    stack: str
    """Pulumi's stack; the second part."""
    account: str
    """The account's twelve digits, checked against the real one by the provider."""
    region: str
    """AWS region, such as `eu-central-1`."""
    zones: Sequence[str]
    """Availability zones the private subnets lie in."""
    target: Target = field(default_factory=Target)
    """What function packages are built for."""
    root: str = "."
    """The folder that holds `lambdas/`, relative to the program."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{12}", self.account):
            raise ValueError(f"account {self.account!r} is not twelve digits")
        for part, value in (("project", self.project), ("stack", self.stack)):
            if not re.fullmatch(r"[a-z][a-z0-9-]*", value):
                raise ValueError(
                    f"{part} {value!r} cannot start a bucket's name: "
                    "use lower-case letters, digits and hyphens, a letter first"
                )
        if len(self.prefix) > _PREFIX_LIMIT:
            raise ValueError(
                f"project and stack together, {self.prefix!r}, are longer than {_PREFIX_LIMIT} "
                "characters: shorten one, names of 63 characters must fit a component after them"
            )

    @property
    def prefix(self) -> str:
        """What every physical name of this stack starts with."""
        return f"{self.project}-{self.stack}-"

    def name(self, kind: str, path: str) -> str:
        """The physical name of what a component calls `path`."""
        return shortened(self.prefix + path, LIMITS[kind])

    def bucket_name(self, path: str) -> str:
        """Buckets share one namespace with the whole world: account and region are in the name."""
        wanted = self.prefix + path
        legal = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")
        if legal != wanted:  # two paths must not meet because their difference was dropped
            legal = f"{legal}-{_digest(wanted)}"
        room = BUCKET_LIMIT - len(self.account) - len(self.region) - 2
        return f"{shortened(legal, room)}-{self.account}-{self.region}"

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def role_arn(self, path: str) -> str:
        """The ARN of the role a component calls `path`; roles are in no region."""
        return f"arn:aws:iam::{self.account}:role/{self.name('role', path)}"


def shortened(name: str, limit: int) -> str:
    """`name` if it fits; else its start and a digest of the whole, so that two stay two."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - _HASH - 1].rstrip('-')}-{_digest(name)}"


def slug(text: str) -> str:
    """A logical name made of free text, such as a route or a step: `GET /a/{id}` -> `get-a-id`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def once(resource: pulumi.Resource, value: str) -> pulumi.Output[str]:
    """A derived `value` that waits for `resource`.

    A resource's own `arn` is unknown until it exists, and would hide the whole policy document it
    appears in. Its URN is known at preview, and carries the dependency.
    """
    return resource.urn.apply(lambda _: value)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:_HASH]
