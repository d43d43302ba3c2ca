"""A database has no address on the internet, talks TLS alone, knows who comes, and is kept."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, rule
from pilaster_policies.rules.production import in_production
from pilaster_policies.values import is_unknown

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
ALLOY = "gcp:alloydb/instance:Instance"
_IP = ("settings", "ipConfiguration")
_ENCRYPTED = ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED")

PUBLIC = "gcp-public-database"
WHY_PUBLIC = "A database is reached from inside its network, by those who are meant to."


@rule(PUBLIC, on=INSTANCE, why=WHY_PUBLIC)
def public(resource: Resource) -> Iterator[Finding]:
    address = resource.get(*_IP, "ipv4Enabled")
    if not is_unknown(address) and not _is(address, False):
        yield Violation(
            "settings.ipConfiguration.ipv4Enabled is not false: it gets an address on the "
            "internet, which is what Google does if nothing is said",
            "set it to false, and privateNetwork to your own",
        )
    networks = resource.get(*_IP, "authorizedNetworks")
    if networks and not is_unknown(networks):
        yield Violation(
            "settings.ipConfiguration.authorizedNetworks lets in whoever has these addresses",
            "leave it out and come from inside the network",
        )


@rule(PUBLIC, on=ALLOY, why=WHY_PUBLIC)
def public_alloy(resource: Resource) -> Iterator[Finding]:
    for what in ("enablePublicIp", "authorizedExternalNetworks"):
        given = resource.get("networkConfig", what)
        if given and not is_unknown(given) and not _is(given, False):
            yield Violation(
                f"networkConfig.{what} opens it to the internet",
                "leave it out and come from inside the network",
            )


TLS = "gcp-database-tls"
WHY_TLS = "Who listens on the way reads no row and no password."


@rule(TLS, on=INSTANCE, why=WHY_TLS)
def tls(resource: Resource) -> Iterator[Finding]:
    mode = resource.get(*_IP, "sslMode")
    if not is_unknown(mode) and mode not in _ENCRYPTED:
        yield _plain("settings.ipConfiguration.sslMode", mode)


@rule(TLS, on=ALLOY, why=WHY_TLS)
def tls_alloy(resource: Resource) -> Iterator[Finding]:
    mode = resource.get("clientConnectionConfig", "sslConfig", "sslMode")
    if not is_unknown(mode) and mode not in (None, "ENCRYPTED_ONLY"):
        yield _plain("clientConnectionConfig.sslConfig.sslMode", mode)


def _plain(where: str, mode: object) -> Violation:
    said = f"is {mode}" if mode else "is not set"
    return Violation(
        f"{where} {said}: connections without TLS are let in", "set it to ENCRYPTED_ONLY"
    )


LOGIN = "gcp-database-login"
WHY_LOGIN = "Who enters a database is known: as an account of Google's, with a token that ends."


@rule(LOGIN, on="gcp:sql/user:User", why=WHY_LOGIN)
def user(resource: Resource) -> Iterator[Finding]:
    kind = resource.get("type")
    if is_unknown(kind):
        yield NotKnown("type, and with it whether it logs in with a password")
    elif not str(kind).startswith("CLOUD_IAM_"):
        yield Violation(
            f"the user is of type {kind or 'BUILT_IN'}: it has a password, which stands in the "
            "state or with a person, and does not end",
            "set type to CLOUD_IAM_SERVICE_ACCOUNT and leave password out",
        )


@rule(LOGIN, on=INSTANCE, why=WHY_LOGIN)
def root(resource: Resource) -> Iterator[Finding]:
    if resource.has("rootPassword"):
        yield Violation(
            "rootPassword is given by the program: it stands in the state, and nobody changes it",
            "leave it out: Google draws none, and accounts log in with tokens",
        )


KEPT = "gcp-production-data"
WHY_KEPT = "What is lost can be brought back; and in production no slip of the hand deletes data."


@rule(KEPT, on=INSTANCE, why=WHY_KEPT)
def kept(resource: Resource) -> Iterator[Finding]:
    if resource.has("masterInstanceName"):
        return  # a replica is made again from its source
    for what, cost in (
        ("enabled", "no backup is made"),
        ("pointInTimeRecoveryEnabled", "what was written since the last is lost"),
    ):
        value = resource.get("settings", "backupConfiguration", what)
        if not is_unknown(value) and not _is(value, True):
            yield Violation(
                f"settings.backupConfiguration.{what} is not true: {cost}", "set it to true"
            )
    if in_production(resource):
        guard = resource.get("settings", "deletionProtectionEnabled")
        if not is_unknown(guard) and not _is(guard, True):
            yield Violation(
                "settings.deletionProtectionEnabled is not true: one wrong command deletes it with "
                "its data",
                "set it to true",
            )


def _is(value: object, wanted: bool) -> bool:
    return value is wanted or str(value).lower() == str(wanted).lower()
