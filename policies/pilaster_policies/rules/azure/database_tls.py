"""Databases speak TLS 1.2 or later, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.azure.texts import below_tls_1_2, said

ID = "azure-database-tls"
WHY = "What goes to a database and back is read by nobody on the way."
SETTINGS = (
    "azure-native:dbforpostgresql:Configuration",
    "azure-native:dbforpostgresql:SingleServerConfiguration",
    "azure-native:dbformysql:Configuration",
)
SERVERS = {
    "azure-native:cosmosdb:DatabaseAccount": ("minimalTlsVersion",),
    "azure-native:redis:Redis": ("minimumTlsVersion",),
    "azure-native:sql:ManagedInstance": ("minimalTlsVersion",),
    "azure-native:sql:Server": ("minimalTlsVersion",),
    "azure-native:dbforpostgresql:SingleServer": ("properties", "minimalTlsVersion"),
}
_OFF = ("off", "false", "0")
FIX = "leave it on, and take 1.2 or 1.3 as the least"


@rule(ID, on=SETTINGS, why=WHY)
def setting(configuration: Resource) -> Iterator[Finding]:
    name = said(configuration.get("configurationName"))
    if name == "require_secure_transport" or name == "ssl":
        if said(configuration.get("value")) in _OFF:
            yield Violation(f"{name} is off: the server takes what is not encrypted", FIX)
    elif name in ("ssl_min_protocol_version", "tls_version"):
        versions = said(configuration.get("value")).split(",")
        if any(below_tls_1_2(each.strip()) for each in versions):
            yield Violation(f"{name} lets in versions of TLS that are broken", FIX)


@rule(ID, on=SERVERS, why=WHY)
def server(resource: Resource) -> Iterator[Finding]:
    path = SERVERS[resource.type]
    if below_tls_1_2(resource.get(*path)):
        yield Violation(f"{'.'.join(path)} lets in versions of TLS that are broken", FIX)


@rule(ID, on="azure-native:redis:Redis", why=WHY)
def plain_port(cache: Resource) -> Iterator[Finding]:
    if said(cache.get("enableNonSslPort")) == "true":
        yield Violation("enableNonSslPort is true: the cache takes what is not encrypted", FIX)


@rule(ID, on="azure-native:dbforpostgresql:SingleServer", why=WHY)
def single(resource: Resource) -> Iterator[Finding]:
    if said(resource.get("properties", "sslEnforcement")) == "disabled":
        yield Violation("sslEnforcement is Disabled: the server takes what is not encrypted", FIX)
