"""No database port open to the internet, in whichever way a rule of a security group is written.

A prefix list is unknown ground: what it holds is not in the stack, so it is said and not passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pilaster_policies.narrowing import is_the_internet
from pilaster_policies.ports import covered
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, rule
from pilaster_policies.rules.public_database import ID, WHY
from pilaster_policies.values import Value, is_unknown, texts

PORTS = {
    1433: "SQL Server",
    1434: "SQL Server",
    1521: "Oracle",
    2483: "Oracle",
    2484: "Oracle",
    3306: "MySQL",
    5432: "PostgreSQL",
    5433: "PostgreSQL",
    5439: "Redshift",
    5984: "CouchDB",
    6379: "Redis",
    6380: "Redis",
    7687: "Neo4j",
    8086: "InfluxDB",
    8182: "Neptune",
    9042: "Cassandra",
    9142: "Cassandra",
    9200: "OpenSearch",
    9300: "OpenSearch",
    11211: "Memcached",
    26257: "CockroachDB",
    27017: "MongoDB",
    27018: "MongoDB",
    27019: "MongoDB",
    33060: "MySQL",
    50000: "Db2",
}
FIX = "name the security group or the addresses that need it instead of the internet"


@rule(
    ID,
    on=("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
    why=WHY,
)
def inline(resource: Resource) -> Iterator[Finding]:
    ingress = resource.get("ingress")
    for number, entry in enumerate(ingress if isinstance(ingress, list) else [ingress]):
        here = f"ingress[{number}]"
        if is_unknown(entry):
            yield NotKnown(f"{here}, and with it who reaches which port")
        elif isinstance(entry, dict):
            yield from _judged(
                here,
                protocol=entry.get("protocol"),
                ports=(entry.get("fromPort"), entry.get("toPort")),
                ranges=[entry.get("cidrBlocks"), entry.get("ipv6CidrBlocks")],
                lists=entry.get("prefixListIds"),
            )


@rule(ID, on="aws:ec2/securityGroupRule:SecurityGroupRule", why=WHY)
def rule_of_either_way(resource: Resource) -> Iterator[Finding]:
    if resource.get("type") == "egress":
        return
    yield from _judged(
        "the rule",
        protocol=resource.get("protocol"),
        ports=(resource.get("fromPort"), resource.get("toPort")),
        ranges=[resource.get("cidrBlocks"), resource.get("ipv6CidrBlocks")],
        lists=resource.get("prefixListIds"),
    )


@rule(ID, on="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", why=WHY)
def ingress_rule(resource: Resource) -> Iterator[Finding]:
    yield from _judged(
        "the rule",
        protocol=resource.get("ipProtocol"),
        ports=(resource.get("fromPort"), resource.get("toPort")),
        ranges=[resource.get("cidrIpv4"), resource.get("cidrIpv6")],
        lists=resource.get("prefixListId"),
    )


def _judged(
    here: str, *, protocol: Value, ports: tuple[Value, Value], ranges: list[Value], lists: Value
) -> Iterator[Finding]:
    opened = sorted({cidr for cidr in texts(ranges) if is_the_internet(cidr)})
    reached = _covered(protocol, ports)
    if reached == []:
        return
    if _unknown_inside(ranges) and not opened:
        yield NotKnown(f"{here}: its addresses, and with them who reaches the database's port")
    if lists and not opened:
        yield NotKnown(f"{here}: what its prefix list holds, which may be the internet")
    if not opened:
        return
    if reached is None:
        yield NotKnown(f"{here}: its ports, which are open to {', '.join(opened)}")
        return
    named = ", ".join(f"{port} ({PORTS[port]})" for port in reached[:4])
    more = f" and {len(reached) - 4} more" if len(reached) > 4 else ""
    yield Violation(
        f"{here} opens the database port{'s' if len(reached) > 1 else ''} {named}{more} to "
        f"{', '.join(opened)}: everybody on the internet may try to log in",
        FIX,
    )


def _covered(protocol: Value, ports: tuple[Value, Value]) -> list[int] | None:
    """The database ports in the range; None where that is not known."""
    found = covered(protocol, ports)
    return None if found is None else [port for port in sorted(PORTS) if port in found]


def _unknown_inside(values: Iterable[Value]) -> bool:
    return any(
        is_unknown(value) or (isinstance(value, list) and _unknown_inside(value))
        for value in values
    )
