"""Which subnets the internet gateway leads to: subnet -> route table -> route -> gateway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pilaster_policies.narrowing import is_the_internet
from pilaster_policies.references import Stack
from pilaster_policies.registry import Resource
from pilaster_policies.values import Value, is_unknown

SUBNETS = ("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet")
VPCS = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
TABLES = ("aws:ec2/routeTable:RouteTable", "aws:ec2/defaultRouteTable:DefaultRouteTable")
GATEWAYS = (
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/carrierGateway:CarrierGateway",
)
"""What lets connections in. An egress-only gateway and a NAT gateway do not."""
_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
_ROUTE = "aws:ec2/route:Route"
_BEYOND = {
    "transitGatewayId": "transit gateway",
    "vpcPeeringConnectionId": "peering connection",
    "coreNetworkArn": "core network",
    "localGatewayId": "local gateway",
}
"""Ways into networks that are not in the stack."""
_DESTINATIONS = ("cidrBlock", "ipv6CidrBlock", "destinationCidrBlock", "destinationIpv6CidrBlock")


@dataclass(frozen=True)
class Way:
    """How the internet comes into a subnet, for a message; or why nobody can tell."""

    steps: tuple[str, ...]
    sure: bool = True


class Routes:
    """The ways into each subnet of a stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._tables = self._by_subnet()
        self._mains = self._by_vpc()

    def ways(self, subnet: Resource) -> Iterator[Way]:
        if subnet.type == "aws:ec2/defaultSubnet:DefaultSubnet":
            # Its VPC comes with a gateway and a route to it; only who takes them away has none.
            yield Way(("the internet", "the default VPC's own gateway", _called("subnet", subnet)))
            return
        tables = self._tables.get(subnet.urn)
        if tables is None:
            tables = self._of_vpc(subnet)
        for table in tables:
            for way in self._into(table):
                yield Way((*way.steps, _called("subnet", subnet)), way.sure)

    def beyond(self, subnet: Resource) -> Iterator[tuple[str, str]]:
        """Networks the subnet is joined to and the stack does not hold: how, and their range."""
        tables = self._tables.get(subnet.urn)
        for table in self._of_vpc(subnet) if tables is None else tables:
            for _, entry in self._entries(table):
                for kind, word in _BEYOND.items():
                    if entry.get(kind):
                        yield f"{word} of {_called('route table', table)}", _range(entry)

    def _into(self, table: Resource) -> Iterator[Way]:
        for owner, entry in self._entries(table):
            gateway = entry.get("gatewayId")
            if not gateway:
                continue
            found = self._stack.references(
                owner, *_path(owner), types=GATEWAYS, within=gateway
            ).found
            foreign = isinstance(gateway, str) and gateway.startswith(("igw-", "cagw-"))
            if not found and not foreign:
                continue
            name = _called("gateway", found[0]) if found else f"gateway {gateway}"
            steps = ("the internet", name, _called("route table", table))
            destinations = [entry.get(key) for key in _DESTINATIONS]
            if any(isinstance(d, str) and d and is_the_internet(d) for d in destinations):
                yield Way(steps)
            elif (
                any(map(is_unknown, destinations))
                or entry.get("destinationPrefixListId")
                or entry.get("prefixListId")
            ):
                yield Way(steps, sure=False)

    def _entries(self, table: Resource) -> Iterator[tuple[Resource, dict[str, Value]]]:
        """Inline routes and those that are resources of their own."""
        inline = table.get("routes")
        for entry in inline if isinstance(inline, list) else []:
            if isinstance(entry, dict):
                yield table, entry
        for route in self._stack.of(_ROUTE):
            if table in self._stack.references(route, "routeTableId", types=TABLES).found:
                yield route, route.props

    def _by_subnet(self) -> dict[str, list[Resource]]:
        tables: dict[str, list[Resource]] = {}
        for association in self._stack.of(_ASSOCIATION):
            found = self._stack.references(association, "routeTableId", types=TABLES).found
            for subnet in self._stack.references(association, "subnetId", types=SUBNETS).found:
                tables.setdefault(subnet.urn, []).extend(found)
        return tables

    def _by_vpc(self) -> dict[str, list[Resource]]:
        """Main route tables: of subnets that name none."""
        mains: dict[str, list[Resource]] = {}
        for association in self._stack.of(_MAIN):
            found = self._stack.references(association, "routeTableId", types=TABLES).found
            for vpc in self._stack.references(association, "vpcId", types=VPCS).found:
                mains.setdefault(vpc.urn, []).extend(found)
        for table in self._stack.of("aws:ec2/defaultRouteTable:DefaultRouteTable"):
            for vpc in self._stack.references(table, "defaultRouteTableId", types=VPCS).found:
                mains.setdefault(vpc.urn, []).append(table)
        return mains

    def _of_vpc(self, subnet: Resource) -> list[Resource]:
        vpcs = self._stack.references(subnet, "vpcId", types=VPCS).found
        return [table for vpc in vpcs for table in self._mains.get(vpc.urn, ())]


def _range(entry: dict[str, Value]) -> str:
    """Where a route leads; everywhere, if that is not said in a range."""
    said = [entry.get(key) for key in _DESTINATIONS]
    return next((each for each in said if isinstance(each, str) and each), "0.0.0.0/0")


def _path(owner: Resource) -> tuple[str, ...]:
    return ("gatewayId",) if owner.type == _ROUTE else ("routes",)


def _called(kind: str, resource: Resource) -> str:
    return f"{kind} {resource.name}"
