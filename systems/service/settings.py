"""The notes service's `Pulumi.<stack>.yaml`, typed: one set of settings for all three clouds.

What a cloud's own provider reads as well stands under that provider's key, once. Whatever cannot be
is refused before any resource is made, with the fix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from msgspec import Meta

from systems.service.regions import mistake
from systems.stack_file import NAMESPACE, Reader, Section, SettingsError, of_stack

Cloud = Literal["aws", "gcp", "azure"]
Size = Literal["small", "medium", "large"]

PROVIDER_KEYS: Mapping[Cloud, Mapping[str, str]] = MappingProxyType(
    {
        "aws": {
            "region": "aws:region",
            "allowed_accounts": "aws:allowedAccountIds",
        },
        "gcp": {
            "region": "gcp:region",
            "account": "gcp:project",
        },
        "azure": {
            "region": "azure-native:location",
            "account": "azure-native:subscriptionId",
            "tenant": "azure-native:tenantId",
        },
    }
)
"""What the provider of a cloud is told as well."""

ACCOUNTS: Mapping[Cloud, tuple[str, str]] = MappingProxyType(
    {
        "aws": (r"[0-9]{12}", "an account's twelve digits"),
        "gcp": (r"[a-z][a-z0-9-]{4,28}[a-z0-9]", "a project's id, such as 'notes-4711'"),
        "azure": (
            r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "a subscription's GUID in lower case",
        ),
    }
)
"""How each cloud names what is billed."""

ON_THIS_MACHINE: Mapping[Cloud, str] = MappingProxyType(
    {
        "aws": "000000000000",
        "gcp": "pilaster-local",
        "azure": "00000000-0000-0000-0000-000000000000",
    }
)
"""Accounts that are none; `target: machine` goes with these alone."""


class Tokens(Section, frozen=True):
    issuer: Annotated[str, Meta(pattern=r"^(https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/-]*)?)?$")] = ""
    """Whose tokens are accepted: an OpenID Connect issuer. None, on AWS, makes a Cognito pool."""
    audience: Annotated[str, Meta(pattern=r"^[!-~]*$", max_length=255)] = ""
    """For whom a token must be: the client's id at that issuer."""
    keys_url: Annotated[str, Meta(pattern=r"^(https://[!-~]+)?$", max_length=1024)] = ""
    """Where the issuer publishes its keys; wanted on Google Cloud, whose gateway looks for it
    nowhere else."""


class ServiceSettings(Section, frozen=True):
    system: Literal["service"]
    """Which page of `systems/` this stack deploys."""
    cloud: Cloud
    """Where."""
    account: str
    """Whom it is billed to: an AWS account, Google's project (`gcp:project`) or a subscription of
    Azure (`azure-native:subscriptionId`). Names and permissions are derived from it."""
    region: str
    """From `aws:region`, `gcp:region` or `azure-native:location`."""
    allowed_accounts: tuple[str, ...] = ()
    """AWS, from `aws:allowedAccountIds`: the provider works in no other account."""
    tenant: str = ""
    """Azure, from `azure-native:tenantId`: the directory the subscription trusts."""
    zones: Annotated[tuple[str, ...], Meta(max_length=8)] = ()
    """AWS: availability zones of the private subnets; Aurora wants two at least."""
    target: Literal["cloud", "machine"] = "cloud"
    """Where the functions run: in the cloud, or on this machine."""
    size: Size = "small"
    """How large the database may get. `small` pauses when idle where the cloud has that, or is its
    cheapest; docs/service.md says what each is and costs."""
    warm_instances: Annotated[int, Meta(ge=0, le=20)] = 0
    """Instances that are always ready, and cost while they wait; 0 starts them when they are asked
    for."""
    protect: bool = True
    """Whether what holds data refuses to be deleted or replaced."""
    backup_days: Annotated[int, Meta(ge=7, le=35)] = 7
    """Days the automatic backups are kept."""
    log_retention_days: Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365] = 30
    """The clouds know only certain numbers; these are known to all."""
    statement_timeout_seconds: Annotated[int, Meta(ge=1, le=25)] = 8
    """How long a statement may run; a client is answered within 30."""
    idle_session_seconds: Annotated[int, Meta(ge=10, le=290)] = 240
    """How long a connection may lie unused before it is closed, on both ends."""
    tokens: Tokens = Tokens()

    @classmethod
    def of_stack(cls) -> ServiceSettings:
        """The settings of the stack that is being deployed, from either engine."""
        return load(of_stack())


def load(config: Mapping[str, Any]) -> ServiceSettings:
    """Settings from Pulumi's flat configuration. Raises SettingsError with the fix."""
    reader = Reader(ServiceSettings, PROVIDER_KEYS[_cloud(config)])
    _only_its_own_provider(reader, config)
    settings = reader.read(config)
    _check(reader, settings)
    return settings


def _cloud(config: Mapping[str, Any]) -> Cloud:
    """Known first: it says where the rest is read."""
    given = config.get(f"{NAMESPACE}:cloud")
    for cloud in PROVIDER_KEYS:
        if given == cloud:
            return cloud
    raise SettingsError(
        f"{NAMESPACE}:cloud {given!r} cannot be used: it is one of {', '.join(PROVIDER_KEYS)} "
        "(in Pulumi.<stack>.yaml)"
    )


def _only_its_own_provider(reader: Reader[ServiceSettings], config: Mapping[str, Any]) -> None:
    own = set(reader.from_the_provider.values())
    for cloud, keys in PROVIDER_KEYS.items():
        for key in keys.values():
            if key in config and key not in own:
                raise SettingsError(
                    f"{key} is of {cloud!r}, and {NAMESPACE}:cloud is {_cloud(config)!r}: leave it "
                    "out, or deploy the other cloud from a stack of its own "
                    "(in Pulumi.<stack>.yaml)"
                )


def _check(reader: Reader[ServiceSettings], settings: ServiceSettings) -> None:
    """The rules that concern more than one key."""
    cloud = settings.cloud
    if found := mistake(cloud, settings.region):
        raise reader.refused("region", settings.region, *found)
    pattern, what = ACCOUNTS[cloud]
    if not re.fullmatch(pattern, settings.account):
        raise reader.refused(
            "account", settings.account, f"is no account of {cloud!r}", f"write {what}"
        )
    if (settings.target == "machine") != (settings.account == ON_THIS_MACHINE[cloud]):
        raise reader.refused(
            "target",
            settings.target,
            f"does not go with {reader.as_written('account')} {settings.account!r}",
            f"'machine' is for the stack on this machine ({ON_THIS_MACHINE[cloud]!r}), 'cloud' for "
            "all others",
        )
    if settings.target == "machine" and settings.warm_instances:
        raise reader.refused(
            "warm_instances",
            settings.warm_instances,
            "is nothing this machine keeps",
            "leave it out here; it is what a cloud is paid for",
        )
    {"aws": _check_aws, "gcp": _check_gcp, "azure": _check_azure}[cloud](reader, settings)


def _check_aws(reader: Reader[ServiceSettings], settings: ServiceSettings) -> None:
    if settings.allowed_accounts != (settings.account,):
        raise SettingsError(
            f"aws:allowedAccountIds {list(settings.allowed_accounts)!r} must be exactly "
            f"[{settings.account!r}], which pilaster:account says: write the same number in both "
            "(in Pulumi.<stack>.yaml)"
        )
    wrong = [zone for zone in settings.zones if zone[:-1] != settings.region]
    if wrong or len(set(settings.zones)) < max(2, len(settings.zones)):
        raise reader.refused(
            "zones",
            list(settings.zones),
            f"must name two or more zones of {settings.region!r}, each once",
            f"such as ['{settings.region}a', '{settings.region}b']",
        )
    _tokens_whole(reader, settings, needed=False)


def _check_gcp(reader: Reader[ServiceSettings], settings: ServiceSettings) -> None:
    _no_zones(reader, settings)
    _tokens_whole(reader, settings, needed=settings.target == "cloud")
    if settings.tokens.issuer and not settings.tokens.keys_url:
        raise reader.refused(
            "tokens.keys_url",
            "",
            "is missing: Google's gateway checks signatures with the keys found there",
            "write the `jwks_uri` of <issuer>/.well-known/openid-configuration",
        )


def _check_azure(reader: Reader[ServiceSettings], settings: ServiceSettings) -> None:
    _no_zones(reader, settings)
    pattern, _ = ACCOUNTS["azure"]
    if not re.fullmatch(pattern, settings.tenant):
        raise reader.refused(
            "tenant",
            settings.tenant,
            "is no directory of Azure",
            "write its GUID in lower case, as `az account show` prints it",
        )
    _tokens_whole(reader, settings, needed=settings.target == "cloud")


def _no_zones(reader: Reader[ServiceSettings], settings: ServiceSettings) -> None:
    if settings.zones:
        raise reader.refused(
            "zones", list(settings.zones), "is for AWS", "leave it out: a region is enough here"
        )


def _tokens_whole(
    reader: Reader[ServiceSettings], settings: ServiceSettings, *, needed: bool
) -> None:
    tokens = settings.tokens
    if bool(tokens.issuer) != bool(tokens.audience) or (needed and not tokens.issuer):
        missing = "audience" if tokens.issuer else "issuer"
        raise reader.refused(
            f"tokens.{missing}",
            getattr(tokens, missing),
            "is missing: whose tokens are taken, and for whom, are said together",
            "say both tokens.issuer and tokens.audience",
        )
