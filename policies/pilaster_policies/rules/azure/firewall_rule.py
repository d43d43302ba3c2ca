"""A database's firewall lets in the few addresses it is for.

From 0.0.0.0 to 0.0.0.0 is Azure's own word for "every service of every customer of Azure".
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.values import is_unknown

TYPES = (
    "azure-native:dbformariadb:FirewallRule",
    "azure-native:dbformysql:FirewallRule",
    "azure-native:dbformysql:SingleServerFirewallRule",
    "azure-native:dbforpostgresql:FirewallRule",
    "azure-native:dbforpostgresql:ServerGroupFirewallRule",
    "azure-native:dbforpostgresql:SingleServerFirewallRule",
    "azure-native:redis:FirewallRule",
    "azure-native:sql:FirewallRule",
    "azure-native:synapse:IpFirewallRule",
)
_INNER = [ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
MOST = 256
"""Addresses a rule may let in: one office's network."""
FIX = "name the few addresses that are meant, or reach it from inside the network"


@rule(
    "azure-database-firewall",
    on=TYPES,
    why="An address that is let in needs a login and nothing else; most of the world's are nobody "
    "you know.",
)
def firewall(entry: Resource) -> Iterator[Finding]:
    start, end = (
        entry.get(name) or entry.get(name.replace("IpAddress", "IP"))
        for name in ("startIpAddress", "endIpAddress")
    )
    if is_unknown(start) or is_unknown(end) or not isinstance(start, str):
        return
    try:
        first, last = ipaddress.ip_address(start), ipaddress.ip_address(str(end))
        count = int(last) - int(first) + 1
    except ValueError:
        yield Violation(f"from {start!r} to {end!r} is no range of addresses", FIX)
        return
    if int(first) == int(last) == 0:
        yield Violation(
            "0.0.0.0 to 0.0.0.0 lets in every service of Azure, of whichever customer", FIX
        )
    elif count > MOST and not any(first in inner and last in inner for inner in _INNER):
        yield Violation(f"{start} to {end} lets in {count} addresses of the internet", FIX)
