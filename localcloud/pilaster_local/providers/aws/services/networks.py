"""Networks: VPCs, subnets, route tables, gateway endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

import jmespath

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Part, Row
from pilaster_local.providers.aws.tagging import MARK
from pilaster_local.providers.aws.values import Plain


def marked(operation: str, listed: str, member: str) -> str:
    """How a thing without a name is found: by the tag with its urn."""
    return f"{operation} {listed}[?Tags[?Key=='{MARK}' && Value=='{{urn}}']].{member} | [0]"


class Vpc(Kind):
    """A VPC comes with a route table, a security group and an ACL of its own."""

    def outputs(self, scope: Scope, thing_id: str, state: Plain, thing: Any) -> Plain:
        found = super().outputs(scope, thing_id, state, thing)
        here = {"Filters": [{"Name": "vpc-id", "Values": [thing_id]}]}
        tables = scope.call("ec2", "DescribeRouteTables", here)
        groups = scope.call("ec2", "DescribeSecurityGroups", here)
        acls = scope.call("ec2", "DescribeNetworkAcls", here)
        main = jmespath.search("RouteTables[?Associations[?Main]].RouteTableId | [0]", tables)
        found["mainRouteTableId"] = found["defaultRouteTableId"] = main
        found["defaultSecurityGroupId"] = jmespath.search(
            "SecurityGroups[?GroupName=='default'].GroupId | [0]", groups
        )
        found["defaultNetworkAclId"] = jmespath.search(
            "NetworkAcls[?IsDefault].NetworkAclId | [0]", acls
        )
        found["enableDnsSupport"] = state.get("enableDnsSupport", True)
        found["enableDnsHostnames"] = state.get("enableDnsHostnames", False)
        return found


def _switches(operation: str, key: str, defaults: Mapping[str, bool]) -> Part:
    """Settings of which the service takes one a call."""

    def apply(_kind: Kind, scope: Scope, thing_id: str, state: Plain, inputs: Plain) -> None:
        for name, default in defaults.items():
            value = inputs.get(name, default)
            if name in inputs or state.get(name, value) != value:
                member = name[0].upper() + name[1:]
                scope.call("ec2", operation, {key: thing_id, member: {"Value": value}})

    return Part(inputs=" ".join(defaults), apply=apply)


_ROUTE_TO = {
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}
_ROUTE_FROM = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


def _routes(kind: Kind, scope: Scope, table: str, state: Plain, inputs: Plain) -> None:
    old = [_route(route) for route in state.get("routes") or []]
    new = [_route(route) for route in inputs.get("routes") or []]
    for route in old:
        if route not in new:
            there = {name: value for name, value in route.items() if name.startswith("Destination")}
            kind.forget(scope, "DeleteRoute", {"RouteTableId": table, **there})
    for route in new:
        if route not in old:
            try:
                scope.call("ec2", "CreateRoute", {"RouteTableId": table, **route})
            except ServiceError as error:
                if error.code != "RouteAlreadyExists":
                    raise
                scope.call("ec2", "ReplaceRoute", {"RouteTableId": table, **route})


def _route(route: Plain) -> Plain:
    spelled = {**_ROUTE_FROM, **_ROUTE_TO}
    return {spelled[name]: value for name, value in route.items() if value and name in spelled}


class Endpoint(Kind):
    """Security groups and route tables allow the services behind an endpoint by its prefix list."""

    def outputs(self, scope: Scope, thing_id: str, state: Plain, thing: Any) -> Plain:
        found = super().outputs(scope, thing_id, state, thing)
        if state.get("vpcEndpointType", "Gateway") == "Gateway":
            named = [{"Name": "prefix-list-name", "Values": [state["serviceName"]]}]
            lists = scope.call("ec2", "DescribePrefixLists", {"Filters": named})
            found["prefixListId"] = jmespath.search("PrefixLists[0].PrefixListId", lists)
            found["cidrBlocks"] = jmespath.search("PrefixLists[0].Cidrs", lists) or []
        return found


def _places(_kind: Kind, scope: Scope, endpoint: str, state: Plain, inputs: Plain) -> None:
    change: Plain = {}
    for name, member in (
        ("routeTableIds", "RouteTableIds"),
        ("subnetIds", "SubnetIds"),
        ("securityGroupIds", "SecurityGroupIds"),
    ):
        old, new = set(state.get(name) or []), set(inputs.get(name) or [])
        if new - old:
            change[f"Add{member}"] = sorted(new - old)
        if old - new:
            change[f"Remove{member}"] = sorted(old - new)
    if change:
        scope.call("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": endpoint, **change})


class Association(Kind):
    """A subnet follows one route table, so moving it is a new association under a new id."""

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        asked = {"RouteTableIds": [inputs["routeTableId"]]}
        tables = scope.call("ec2", "DescribeRouteTables", asked)
        place = "SubnetId" if "subnetId" in inputs else "GatewayId"
        subnet = inputs.get("subnetId") or inputs.get("gatewayId")
        path = f"RouteTables[].Associations[?{place}=='{subnet}'][].RouteTableAssociationId | [0]"
        return jmespath.search(path, tables)


def _cidr(inputs: Mapping[str, Any]) -> Failures:
    block = inputs.get("cidrBlock")
    if not isinstance(block, str):
        return
    try:
        network = ip_network(block)
    except ValueError as error:
        yield "cidrBlock", f"{error}"
        return
    if not 16 <= network.prefixlen <= 28:
        yield "cidrBlock", f"{block} is /{network.prefixlen}; AWS takes /16 to /28"


# fmt: off
_ARN = "arn=arn:aws:ec2:{region}:{account}:"
TYPES = {
    "aws:ec2/vpc:Vpc": Row(
        service="ec2", create="CreateVpc", read="DescribeVpcs", delete="DeleteVpc", id="VpcId",
        key="VpcIds=[{id}] VpcId={id}", at="Vpcs[0]", created="Vpc", replace="cidrBlock "
        "ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock ipv6IpamPoolId instanceTenancy "
        "ipv6CidrBlockNetworkBorderGroup ipv6NetmaskLength assignGeneratedIpv6CidrBlock",
        rename={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        outputs=f"{_ARN}vpc/{{id}} ownerId=OwnerId dhcpOptionsId=DhcpOptionsId cidrBlock=CidrBlock",
        tagged=True, tag_type="vpc", marked=True, find=marked("DescribeVpcs", "Vpcs", "VpcId"),
        kind=Vpc, checks=(_cidr,),
        parts=(_switches("ModifyVpcAttribute", "VpcId",
                         {"enableDnsSupport": True, "enableDnsHostnames": False,
                          "enableNetworkAddressUsageMetrics": False}),),
    ),
    "aws:ec2/subnet:Subnet": Row(
        service="ec2", create="CreateSubnet", read="DescribeSubnets", delete="DeleteSubnet",
        id="SubnetId", key="SubnetIds=[{id}] SubnetId={id}", at="Subnets[0]", created="Subnet",
        replace="vpcId cidrBlock availabilityZone availabilityZoneId ipv6CidrBlock ipv6Native "
        "outpostArn ipv4IpamPoolId ipv4NetmaskLength ipv6IpamPoolId ipv6NetmaskLength",
        outputs=f"{_ARN}subnet/{{id}} ownerId=OwnerId availabilityZone=AvailabilityZone "
        "availabilityZoneId=AvailabilityZoneId cidrBlock=CidrBlock", required="vpcId",
        tagged=True, tag_type="subnet", marked=True, checks=(_cidr,),
        find=marked("DescribeSubnets", "Subnets", "SubnetId"),
        parts=(_switches("ModifySubnetAttribute", "SubnetId",
                         {"mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False,
                          "enableDns64": False}),),
    ),
    "aws:ec2/routeTable:RouteTable": Row(
        service="ec2", create="CreateRouteTable", read="DescribeRouteTables",
        delete="DeleteRouteTable", id="RouteTableId", key="RouteTableIds=[{id}] RouteTableId={id}",
        at="RouteTables[0]", created="RouteTable", replace="vpcId", required="vpcId",
        outputs=f"{_ARN}route-table/{{id}} ownerId=OwnerId", tagged=True, tag_type="route-table",
        marked=True, find=marked("DescribeRouteTables", "RouteTables", "RouteTableId"),
        parts=(Part(inputs="routes", inside=" ".join({**_ROUTE_FROM, **_ROUTE_TO}),
        apply=_routes),),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Row(
        service="ec2", create="AssociateRouteTable", read="DescribeRouteTables",
        delete="DisassociateRouteTable", id="AssociationId", created="@",
        key="RouteTableIds=[{routeTableId}] AssociationId={id}",
        at="RouteTables[].Associations[?RouteTableAssociationId=='{id}'][] | [0]",
        replace="routeTableId subnetId gatewayId", identity="subnetId gatewayId",
        required="routeTableId", kind=Association,
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Row(
        service="ec2", create="CreateVpcEndpoint", read="DescribeVpcEndpoints",
        update="ModifyVpcEndpoint", delete="DeleteVpcEndpoints", id="VpcEndpointId",
        key="VpcEndpointIds=[{id}] VpcEndpointId={id}", at="VpcEndpoints[0]", created="VpcEndpoint",
        rename={"policy": "PolicyDocument"}, aside="autoAccept",
        replace="vpcId serviceName vpcEndpointType serviceRegion resourceConfigurationArn "
        "serviceNetworkArn", required="vpcId",
        outputs=f"{_ARN}vpc-endpoint/{{id}} ownerId=OwnerId state=State "
        "networkInterfaceIds=NetworkInterfaceIds requesterManaged=RequesterManaged",
        tagged=True, tag_type="vpc-endpoint", marked=True, kind=Endpoint,
        find=marked("DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId"),
        parts=(Part(inputs="routeTableIds subnetIds securityGroupIds", apply=_places),),
        recorded="endpoint policies are kept; its side decides what a function reaches",
    ),
}
