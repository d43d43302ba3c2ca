"""What the same component is in every cloud: the outputs others may rely on, and the defaults.

Each cloud writes its own classes, with no base class between them; that all of them are what is
said here is a test (tests/contract/components/test_same_in_every_cloud.py). What only one cloud has
is not here: a page of `systems/` is written for one cloud and may use it.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, TypeVar

import pulumi

Ref = TypeVar("Ref")


class Function(Protocol):
    """Code that runs when it is called, with no permission but those it was handed."""

    name: pulumi.Output[str]
    """Its physical name. Known at preview."""


class Api(Protocol):
    """The one public door: HTTP to functions, and tokens looked at before any of them runs."""

    url: pulumi.Output[str]
    """Where clients call, without a slash at the end."""
    api_id: pulumi.Output[str]
    """What a CDN or a dashboard names."""


class DataTier(Protocol):
    """A PostgreSQL on a private address, logged in to with an identity and never a password."""

    host: pulumi.Output[str]
    """Where functions connect: a name their network alone resolves or reaches."""
    port: pulumi.Output[str]
    """On which port: as text, since it goes into an environment."""
    database_name: pulumi.Output[str]
    """To which database."""


class Secret(Protocol):
    """A secret's place, without its value: that is in no program, setting or state."""

    name: pulumi.Output[str]
    """What a function's environment names. Known at preview."""

    def read_value(self) -> object:
        """The grant to read the value."""
        ...


class Identity(Protocol):
    """Who a function is, to whom grants are given."""

    principal: pulumi.Output[str]
    """Whom a binding, a role assignment or another thing's policy names."""


class Network(Protocol[Ref]):
    """A private network: nothing comes in from outside."""

    inside: Ref
    """Where functions are put that need the database."""
    database: Ref
    """Where the database is put; only what is `inside` comes in."""


CLOUDS: Sequence[str] = ("aws", "gcp", "azure")

CONTRACTS: Mapping[str, type] = MappingProxyType(
    {
        "api.Api": Api,
        "data_tier.DataTier": DataTier,
        "function.Function": Function,
        "identity.Identity": Identity,
        "network.Network": Network,
        "secret.Secret": Secret,
    }
)
"""By the module and class that keep it, below `pilaster.<cloud>`."""

CARRIED_BY: Mapping[tuple[str, str], str] = MappingProxyType(
    {("aws", "identity.Identity"): "function.Function"}
)
"""Where another class keeps it: on AWS a role is made with its function."""

DEFAULTS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "data_tier.DataTierArgs": {
            "idle_session_seconds": 240,
            "statement_timeout_seconds": 8,
            "backup_retention_days": 7,
            "protect": True,
        },
        "function.FunctionArgs": {"memory_mib": 512, "warm_instances": 0},
        "secret.SecretArgs": {"protect": True},
    }
)
"""What an argument of that name is where nobody says. `warm_instances` is the contract of `warm`:
instances that are always ready, and none unless somebody asks for them, because they cost."""
