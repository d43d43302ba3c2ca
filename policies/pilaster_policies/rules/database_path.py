"""No path from the internet to a database, over the network as the stack draws it.

A subnet the internet gateway leads to; a security group that opens the database's port; and stones
to step on: a host strangers can log in to, a load balancer that passes bytes on, a proxy. A network
ACL that surely denies the port takes a step away. What the stack does not hold (subnets given by
id, peered networks) is unknown ground, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pilaster_policies.hosts import BALANCERS, CARRYING, Host, hosts
from pilaster_policies.network_acls import NetworkAcls
from pilaster_policies.ports import number
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, graph_rule
from pilaster_policies.routes import SUBNETS, Routes
from pilaster_policies.rules.database_ports import PORTS
from pilaster_policies.security_groups import GROUPS, Opening, SecurityGroups, overlap

ID = "aws-database-path"
WHY = "No path leads from the internet to a database, whatever it takes on the way."


@dataclass(frozen=True)
class Kind:
    port: int
    groups: tuple[str, ...]
    subnets: tuple[str, ...]
    addressed: bool = False
    """Whether one flag gives it an address on the internet."""


_RDS = Kind(5432, ("vpcSecurityGroupIds",), ("dbSubnetGroupName",), addressed=True)
_CACHE = Kind(6379, ("securityGroupIds",), ("subnetGroupName",))
_SEARCH = Kind(443, ("vpcOptions", "securityGroupIds"), ("vpcOptions", "subnetIds"))
DATABASES: dict[str, Kind] = {
    "aws:rds/cluster:Cluster": _RDS,
    "aws:rds/instance:Instance": _RDS,
    "aws:docdb/cluster:Cluster": Kind(27017, ("vpcSecurityGroupIds",), ("dbSubnetGroupName",)),
    "aws:neptune/cluster:Cluster": Kind(
        8182, ("vpcSecurityGroupIds",), ("neptuneSubnetGroupName",)
    ),
    "aws:redshift/cluster:Cluster": Kind(
        5439, ("vpcSecurityGroupIds",), ("clusterSubnetGroupName",), addressed=True
    ),
    "aws:redshiftserverless/workgroup:Workgroup": Kind(
        5439, ("securityGroupIds",), ("subnetIds",), addressed=True
    ),
    "aws:elasticache/cluster:Cluster": _CACHE,
    "aws:elasticache/replicationGroup:ReplicationGroup": _CACHE,
    "aws:elasticache/serverlessCache:ServerlessCache": Kind(
        6379, ("securityGroupIds",), ("subnetIds",)
    ),
    "aws:memorydb/cluster:Cluster": _CACHE,
    "aws:opensearch/domain:Domain": _SEARCH,
    "aws:elasticsearch/domain:Domain": _SEARCH,
    "aws:msk/cluster:Cluster": Kind(
        9098,
        ("brokerNodeGroupInfo", "securityGroups"),
        ("brokerNodeGroupInfo", "clientSubnets"),
        addressed=True,
    ),
    "aws:mq/broker:Broker": Kind(5671, ("securityGroups",), ("subnetIds",), addressed=True),
}
_ENGINES = {"mysql": 3306, "mariadb": 3306, "sqlserver": 1433, "oracle": 1521, "db2": 50000}
SUBNET_GROUPS = (
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:docdb/subnetGroup:SubnetGroup",
    "aws:neptune/subnetGroup:SubnetGroup",
    "aws:redshift/subnetGroup:SubnetGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:memorydb/subnetGroup:SubnetGroup",
)
EVERYWHERE = ["0.0.0.0/0", "::/0"]
ROUTED = (
    "take the route to the internet gateway from the table of these subnets, or put the database "
    "into subnets without one"
)
OPENED = "let in the security groups of what works with the database, and nobody else"
STEPPED = (
    "close the first of these ports to the internet (Session Manager needs none), or take the "
    "stone out of what the database lets in"
)


@graph_rule(ID, why=WHY)
def paths(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    databases = [each for each in resources if each.type in DATABASES]
    if not databases:
        return
    stack = Stack(resources)
    network = _Network(stack)
    for database in databases:
        for finding in network.findings(database):
            yield database, finding


class _Network:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._routes = Routes(stack)
        self._groups = SecurityGroups(stack)
        self._acls = NetworkAcls(stack)
        self._hosts = list(hosts(stack, self._routes))

    def findings(self, database: Resource) -> Iterator[Finding]:
        kind = DATABASES[database.type]
        subnets, unseen = self._subnets(database, kind)
        port = _port(database, kind)
        # Only where all of it can be seen can an ACL keep somebody out.
        ground = [] if unseen else subnets
        if kind.addressed and self._acls.let_in(ground, port, EVERYWHERE):
            yield from self._routed(database, subnets, unseen)
        groups = self._stack.references(database, *kind.groups, types=GROUPS)
        openings = [each for group in groups.found for each in self._groups.openings(group)]
        if groups.strangers or groups.unknown:
            named = ", ".join(groups.strangers) or kind.groups[-1]
            yield NotKnown(
                f"what {named} lets in, and with it who reaches the database: it is not in this "
                "stack"
            )
        yield from self._opened(database, port, openings, ground)
        yield from self._stepped(database, port, openings, ground)
        yield from self._beyond(subnets, openings)

    def _subnets(self, database: Resource, kind: Kind) -> tuple[list[Resource], str | None]:
        """Where it lies, and the name of what cannot be seen."""
        found = self._stack.references(database, *kind.subnets, types=(*SUBNETS, *SUBNET_GROUPS))
        subnets = {each.urn: each for each in found.found if each.type in SUBNETS}
        unseen = [*found.strangers, *([kind.subnets[-1]] if found.unknown else [])]
        for group in found.found:
            if group.type in SUBNET_GROUPS:
                inner = self._stack.references(group, "subnetIds", types=SUBNETS)
                subnets.update({each.urn: each for each in inner.found})
                unseen += [*inner.strangers, *(["subnetIds"] if inner.unknown else [])]
        if not database.has(*kind.subnets) and not found.found:
            return [], None
        return list(subnets.values()), ", ".join(unseen) or None

    def _routed(
        self, database: Resource, subnets: list[Resource], unseen: str | None
    ) -> Iterator[Finding]:
        for subnet in subnets:
            for way in self._routes.ways(subnet):
                drawn = " -> ".join((*way.steps, database.name))
                if way.sure:
                    yield Violation(
                        f"{drawn}: its subnet is routed to the internet, so that one flag "
                        "(publiclyAccessible) is all that keeps it private",
                        ROUTED,
                    )
                    return
                yield NotKnown(f"whether the route is one from everywhere: {drawn}")
        if unseen:
            yield NotKnown(f"how {unseen} is routed, which is not in this stack")

    def _opened(
        self, database: Resource, port: int, openings: list[Opening], ground: list[Resource]
    ) -> Iterator[Finding]:
        """A port that everybody knows for a database's is judged where it is opened."""
        for opening in openings:
            stranger = opening.to_the_internet
            if stranger is None or opening.ports is None or not opening.covers(port):
                continue
            if any(known in opening.ports for known in PORTS):
                continue
            if not self._acls.let_in(ground, port, [stranger]):
                continue
            yield Violation(
                f"the internet ({stranger}) -> {database.name} (port {port}: {opening.owner}): "
                "everybody on the internet may try to log in",
                OPENED,
            )
            return

    def _stepped(
        self, database: Resource, port: int, openings: list[Opening], ground: list[Resource]
    ) -> Iterator[Finding]:
        """Outward from the internet, breadth first: the shortest path is the one to show."""
        reached: list[tuple[Host, str]] = [
            (host, drawn)
            for host in self._hosts
            if (drawn := self._entered(host, port)) is not None
        ]
        seen = {host.resource.urn for host, _ in reached}
        while reached:
            host, drawn = reached.pop(0)
            carries_on = host.carries is None or port in host.carries
            if carries_on and self._acls.let_in(ground, port, host.ranges):
                for opening in openings:
                    if opening.covers(port) and opening.lets_in(list(host.groups), host.ranges):
                        yield Violation(
                            f"{drawn} -> {database.name} (port {port}: {opening.owner}): who is "
                            "on the way may try to log in",
                            STEPPED,
                        )
                        return
            for following in self._hosts:
                if following.resource.urn in seen:
                    continue
                step = self._step(host, following, port)
                if step is not None:
                    seen.add(following.resource.urn)
                    reached.append((following, f"{drawn} -> {step}"))

    def _entered(self, host: Host, port: int) -> str | None:
        """How the internet comes to a host in a way that it can go on from."""
        if not host.public:
            return None
        if host.resource.type in BALANCERS and not host.groups:
            return f"the internet -> {_named(host)} (no security group)"
        for group in host.groups:
            for opening in self._groups.openings(group):
                stranger = opening.to_the_internet
                if stranger is None:
                    continue
                wanted = {
                    each
                    for each in CARRYING | {port}
                    if self._acls.let_in(_seen(host), each, [stranger])
                }
                if host.resource.type in BALANCERS:
                    covered = opening.ports is None or len(opening.ports) > 0
                    at = "any port it listens on"
                else:
                    found = sorted(each for each in wanted if opening.covers(each))
                    covered, at = bool(found), f"port {found[0]}" if found else ""
                if covered:
                    return f"the internet ({stranger}) -> {_named(host)} ({at}: {opening.owner})"
        return None

    def _step(self, host: Host, following: Host, port: int) -> str | None:
        wanted = CARRYING | {port}
        if host.carries is not None:
            wanted &= host.carries
        wanted = {each for each in wanted if self._acls.let_in(_seen(following), each, host.ranges)}
        for group in following.groups:
            for opening in self._groups.openings(group):
                covered = sorted(each for each in wanted if opening.covers(each))
                if covered and opening.lets_in(list(host.groups), host.ranges):
                    return f"{_named(following)} (port {covered[0]}: {opening.owner})"
        return None

    def _beyond(self, subnets: list[Resource], openings: list[Opening]) -> Iterator[Finding]:
        for subnet in subnets:
            for joined, far in self._routes.beyond(subnet):
                for opening in openings:
                    if any(overlap(cidr, far) for cidr in opening.cidrs):
                        yield NotKnown(
                            f"who comes through the {joined} ({far}), which {opening.owner} lets in"
                        )
                        return


def _port(database: Resource, kind: Kind) -> int:
    said = number(database.get("port"))
    if isinstance(said, int):
        return said
    engine = str(database.get("engine")).lower()
    return next((port for name, port in _ENGINES.items() if name in engine), kind.port)


def _seen(host: Host) -> list[Resource]:
    """Its subnets, if they are all in the stack."""
    unseen = host.subnets.strangers or host.subnets.unknown
    return [] if unseen else list(host.subnets.found)


def _named(host: Host) -> str:
    return f"{host.resource.type.rpartition(':')[2]} {host.resource.name}"
