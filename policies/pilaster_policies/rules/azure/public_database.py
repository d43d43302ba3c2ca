"""No database that the internet can reach: its public access is off, or it never had any.

A PostgreSQL or MySQL flexible server in a delegated subnet has no public address whatever is said;
everything else has one unless it is told not to.
"""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.azure.texts import said
from pilaster_policies.values import is_unknown

ID = "azure-public-database"
WHY = "A database is reached from inside its network, by those who are meant to."
FLEXIBLE = ("azure-native:dbforpostgresql:Server", "azure-native:dbformysql:Server")
OTHERS = {
    "azure-native:cosmosdb:DatabaseAccount": ("publicNetworkAccess",),
    "azure-native:dbformariadb:Server": ("properties", "publicNetworkAccess"),
    "azure-native:dbforpostgresql:SingleServer": ("properties", "publicNetworkAccess"),
    "azure-native:redis:Redis": ("publicNetworkAccess",),
    "azure-native:sql:ManagedInstance": ("publicDataEndpointEnabled",),
    "azure-native:sql:Server": ("publicNetworkAccess",),
}
FIX = "set publicNetworkAccess to Disabled and reach it from inside the network"


@rule(ID, on=FLEXIBLE, why=WHY)
def flexible(server: Resource) -> Iterator[Finding]:
    public = server.get("network", "publicNetworkAccess")
    inside = server.has("network", "delegatedSubnetResourceId")
    if said(public) != "disabled" and not (public is None and inside):
        yield from _public(public, "network.")


@rule(ID, on=OTHERS, why=WHY)
def other(server: Resource) -> Iterator[Finding]:
    path = OTHERS[server.type]
    value = server.get(*path)
    if path[-1] == "publicDataEndpointEnabled":
        if said(value) == "true":
            yield Violation(
                "publicDataEndpointEnabled is true: the instance answers on the internet",
                "leave it out, and reach it from inside the network",
            )
    elif said(value) not in ("disabled", "securedbyperimeter"):
        yield from _public(value, "")


def _public(value: object, where: str) -> Iterator[Finding]:
    if not is_unknown(value):
        given = f"is {value}" if value is not None else "is not set, which enables it"
        yield Violation(
            f"{where}publicNetworkAccess {given}: it has an address on the internet, and firewall "
            "rules and a login are all that is left between it and everybody",
            FIX,
        )
