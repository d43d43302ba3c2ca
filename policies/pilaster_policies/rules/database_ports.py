"""No database port open to the internet, in whichever way a rule of a security group is written.

A prefix list of the stack is looked into; one of elsewhere is unknown ground, said and not passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pilaster_policies.narrowing import is_the_internet
from pilaster_policies.ports import covered
from pilaster_policies.prefix_lists import PrefixLists
from pilaster_policies.references import Stack
from pilaster_policies.registry import (
    Finding,
    Graph,
    NotKnown,
    Resource,
    Violation,
    graph_rule,
    rule,
)
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


GROUPS = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)
_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@dataclass(frozen=True)
class _Entry:
    """One rule, wherever it stands."""

    here: str
    """What a message calls it."""
    protocol: Value
    ports: tuple[Value, Value]
    ranges: list[Value]
    key: str
    """The property its prefix lists stand in."""
    lists: Value

    @property
    def opened(self) -> list[str]:
        return _open(texts(self.ranges))

    @property
    def reached(self) -> list[int] | None:
        """The database ports in its range; None where that is not known."""
        found = covered(self.protocol, self.ports)
        return None if found is None else [port for port in sorted(PORTS) if port in found]


@rule(ID, on=(*GROUPS, _RULE, _INGRESS), why=WHY)
def ranges(resource: Resource) -> Iterator[Finding]:
    ingress = resource.get("ingress") if resource.type in GROUPS else None
    for number, entry in enumerate(ingress if isinstance(ingress, list) else [ingress]):
        if is_unknown(entry):
            yield NotKnown(f"ingress[{number}], and with it who reaches which port")
    for each in _entries(resource):
        if each.reached == []:
            continue
        if each.opened:
            yield _opens(each, each.opened)
        elif _unknown_inside(each.ranges):
            yield NotKnown(
                f"{each.here}: its addresses, and with them who reaches the database's port"
            )


@graph_rule(ID, why=WHY)
def prefix_lists(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    """A list is as open as the widest range in it."""
    stack = Stack(resources)
    held = PrefixLists(stack)
    for resource in stack.of(*GROUPS, _RULE, _INGRESS):
        for each in _entries(resource):
            if not each.lists or each.reached == [] or each.opened:
                continue
            found, whole = held.held(resource, each.key, each.lists)
            if opened := _open(found):
                yield resource, _opens(each, opened)
            elif not whole:
                yield (
                    resource,
                    NotKnown(f"{each.here}: what its prefix list holds, which may be the internet"),
                )


def _entries(resource: Resource) -> Iterator[_Entry]:
    if resource.type in GROUPS:
        ingress = resource.props.get("ingress")
        for number, entry in enumerate(ingress if isinstance(ingress, list) else [ingress]):
            if isinstance(entry, dict):
                yield _Entry(
                    f"ingress[{number}]",
                    protocol=entry.get("protocol"),
                    ports=(entry.get("fromPort"), entry.get("toPort")),
                    ranges=[entry.get("cidrBlocks"), entry.get("ipv6CidrBlocks")],
                    key="ingress",
                    lists=entry.get("prefixListIds"),
                )
    elif resource.type == _INGRESS:
        yield _Entry(
            "the rule",
            protocol=resource.get("ipProtocol"),
            ports=(resource.get("fromPort"), resource.get("toPort")),
            ranges=[resource.get("cidrIpv4"), resource.get("cidrIpv6")],
            key="prefixListId",
            lists=resource.props.get("prefixListId"),
        )
    elif resource.get("type") != "egress":
        yield _Entry(
            "the rule",
            protocol=resource.get("protocol"),
            ports=(resource.get("fromPort"), resource.get("toPort")),
            ranges=[resource.get("cidrBlocks"), resource.get("ipv6CidrBlocks")],
            key="prefixListIds",
            lists=resource.props.get("prefixListIds"),
        )


def _open(found: Iterable[str]) -> list[str]:
    return sorted({cidr for cidr in found if is_the_internet(cidr)})


def _opens(entry: _Entry, opened: list[str]) -> Finding:
    reached = entry.reached
    if reached is None:
        return NotKnown(f"{entry.here}: its ports, which are open to {', '.join(opened)}")
    named = ", ".join(f"{port} ({PORTS[port]})" for port in reached[:4])
    more = f" and {len(reached) - 4} more" if len(reached) > 4 else ""
    return Violation(
        f"{entry.here} opens the database port{'s' if len(reached) > 1 else ''} {named}{more} to "
        f"{', '.join(opened)}: everybody on the internet may try to log in",
        FIX,
    )


def _unknown_inside(values: Iterable[Value]) -> bool:
    return any(
        is_unknown(value) or (isinstance(value, list) and _unknown_inside(value))
        for value in values
    )
