"""VPCs, subnets, routes, endpoints, security groups.

Sources: VPC user guide, "VPC CIDR blocks", "Amazon VPC quotas"; API reference, CreateSecurityGroup,
IpPermission, CreateVpcEndpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import (
    Table,
    count,
    drawn,
    network,
    number,
    one_of,
    policy,
    text,
)
from pilaster_local.providers.aws.plan.finding import Said, shown
from pilaster_local.providers.aws.plan.grammars import policies
from pilaster_local.providers.aws.values import UNKNOWN

_SIGNS = r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*"
_DESCRIPTION = text(_SIGNS, "a description: no other signs than EC2 takes", most=255)
_PORT = number(-1, 65_535)
_NAMED = ("tcp", "udp", "icmp", "icmpv6", "-1", "all", "58", "6", "17", "1")
_ALL_PORTS = ((None, None), (0, 0), (-1, -1), (0, 65535))
_GATEWAYS = ("s3", "dynamodb", "s3express")


def _protocol(value: Any):
    said = str(value).lower()
    if said not in _NAMED and not (said.isdigit() and int(said) <= 255):
        yield f"{shown(value)} is no protocol: tcp, udp, icmp, icmpv6, -1 or a number"


def _ports(rule: Mapping[str, Any], protocol: Any, path: str = "") -> Said:
    start, end = rule.get("fromPort"), rule.get("toPort")
    said = str(protocol).lower()
    if said in ("tcp", "udp", "6", "17"):
        for name, port in (("fromPort", start), ("toPort", end)):
            if port is None:
                yield f"{path}{name}", f"protocol {said} needs a range of ports"
            elif isinstance(port, int) and port < 0:
                yield f"{path}{name}", f"{port} is no port"
        if isinstance(start, int) and isinstance(end, int) and start > end:
            yield f"{path}toPort", f"{end} is less than fromPort ({start})"
    elif said in ("-1", "all") and UNKNOWN not in (start, end) and (start, end) not in _ALL_PORTS:
        yield f"{path}fromPort", "all protocols have all ports; leave the range out"


def _single(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("ipProtocol", UNKNOWN) is not UNKNOWN:
        yield from _ports(inputs, inputs["ipProtocol"])


def _inline(inputs: Mapping[str, Any]) -> Said:
    for direction in ("ingress", "egress"):
        for index, rule in enumerate(inputs.get(direction) or []):
            if isinstance(rule, Mapping) and rule.get("protocol", UNKNOWN) is not UNKNOWN:
                path = f"{direction}[{index}]."
                yield from _ports(rule, rule["protocol"], path)
                peers = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups", "self")
                if not any(rule.get(peer) for peer in peers):
                    yield f"{path}cidrBlocks", "a rule names whom it is about"


def _endpoint(inputs: Mapping[str, Any]) -> Said:
    kind, service = inputs.get("vpcEndpointType", "Gateway"), inputs.get("serviceName")
    if not {"serviceName", "resourceConfigurationArn", "serviceNetworkArn"} & inputs.keys():
        yield "serviceName", "an endpoint leads to a service; name it"
    if kind == "Gateway":
        for name in ("subnetIds", "securityGroupIds", "subnetConfigurations"):
            if inputs.get(name):
                yield name, "it is for Interface endpoints"
        if inputs.get("privateDnsEnabled") is True:
            yield "privateDnsEnabled", "it is for Interface endpoints"
        if isinstance(service, str) and service.rsplit(".", 1)[-1] not in _GATEWAYS:
            yield "vpcEndpointType", f"{service!r} has no gateway endpoint; S3 and DynamoDB do"
    elif kind == "Interface" and inputs.get("routeTableIds"):
        yield "routeTableIds", "it is for Gateway endpoints"


_TARGETS = ("gatewayId", "natGatewayId", "networkInterfaceId", "transitGatewayId", "vpcEndpointId",
            "vpcPeeringConnectionId", "egressOnlyGatewayId", "carrierGatewayId", "localGatewayId",
            "coreNetworkArn")  # fmt: skip


def _routes(inputs: Mapping[str, Any]) -> Said:
    seen: list[Any] = []
    for index, route in enumerate(inputs.get("routes") or []):
        if not isinstance(route, Mapping):
            continue
        ends = [
            n for n in ("cidrBlock", "ipv6CidrBlock", "destinationPrefixListId") if route.get(n)
        ]
        if len(ends) != 1:
            yield f"routes[{index}]", f"a route has one destination; here are {ends or 'none'}"
        targets = [name for name in _TARGETS if route.get(name)]
        if len(targets) != 1:
            yield f"routes[{index}]", f"a route has one target; here are {targets or 'none'}"
        if ends and route[ends[0]] is not UNKNOWN and route[ends[0]] in seen:
            yield f"routes[{index}].{ends[0]}", f"{route[ends[0]]} stands twice"
        seen += [route[end] for end in ends]


def _association(inputs: Mapping[str, Any]) -> Said:
    given = [name for name in ("subnetId", "gatewayId") if name in inputs]
    if len(given) != 1:
        yield "subnetId", f"exactly one of subnetId and gatewayId; here are {given or 'none'}"


def _vpc(inputs: Mapping[str, Any]) -> Said:
    if not {"cidrBlock", "ipv4IpamPoolId"} & inputs.keys():
        yield "cidrBlock", "a VPC needs a range of addresses"
    if inputs.get("enableDnsHostnames") is True and inputs.get("enableDnsSupport") is False:
        yield "enableDnsHostnames", "it needs enableDnsSupport"


def _subnet(inputs: Mapping[str, Any]) -> Said:
    if not {"cidrBlock", "ipv4IpamPoolId", "ipv6Native"} & inputs.keys():
        yield "cidrBlock", "a subnet needs a range of addresses"
    if "availabilityZone" in inputs and "availabilityZoneId" in inputs:
        yield "availabilityZoneId", "either a zone's name or its id"


_INLINE_RULES = {
    f"{direction}[].{name}": test
    for direction in ("ingress", "egress")
    for name, test in (
        ("protocol", _protocol),
        ("fromPort", _PORT),
        ("toPort", _PORT),
        ("cidrBlocks[]", network()),
        ("ipv6CidrBlocks[]", network(6)),
        ("securityGroups[]", text(r"(\d{12}/)?sg-[0-9a-f]{8,17}", "a group such as 'sg-0a1b2c3d'")),
        ("prefixListIds[]", drawn("pl")),
        ("description", _DESCRIPTION),
    )
}
_RULE: Table = {
    "securityGroupId": drawn("sg"),
    "ipProtocol": _protocol,
    "fromPort": _PORT,
    "toPort": _PORT,
    "cidrIpv4": network(),
    "cidrIpv6": network(6),
    "prefixListId": drawn("pl"),
    "referencedSecurityGroupId": text(
        r"(\d{12}/)?sg-[0-9a-f]{8,17}", "a group such as 'sg-0a1b2c3d'"
    ),
    "description": _DESCRIPTION,
}

BOUNDS: Mapping[str, Table] = {
    "aws:ec2/vpc:Vpc": {
        "cidrBlock": network(4, 16, 28),
        "instanceTenancy": one_of("default", "dedicated"),
        "ipv4NetmaskLength": number(16, 28),
        "ipv6NetmaskLength": number(44, 60, step=4),
    },
    "aws:ec2/subnet:Subnet": {
        "vpcId": drawn("vpc"),
        "cidrBlock": network(4, 16, 28),
        "ipv6CidrBlock": network(6, 44, 64),
        "availabilityZone": text(
            r"[a-z]{2}(-[a-z]+)+-\d([a-z]|-[a-z]{3}-\d[a-z])", "a zone such as 'eu-west-2a'"
        ),
        "availabilityZoneId": text(r"[a-z]+\d-az\d", "a zone's id such as 'euw2-az1'"),
    },
    "aws:ec2/routeTable:RouteTable": {
        "vpcId": drawn("vpc"),
        "routes": count(0, 500, "routes"),
        "routes[].cidrBlock": network(),
        "routes[].ipv6CidrBlock": network(6),
        "routes[].gatewayId": text(
            r"local|(igw|vgw)-[0-9a-f]{8,17}", "a gateway such as 'igw-0a1b2c3d'"
        ),
        "routes[].natGatewayId": drawn("nat"),
        "routes[].vpcEndpointId": drawn("vpce"),
        "routes[].transitGatewayId": drawn("tgw"),
        "routes[].networkInterfaceId": drawn("eni"),
        "routes[].vpcPeeringConnectionId": drawn("pcx"),
    },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {
        "routeTableId": drawn("rtb"),
        "subnetId": drawn("subnet"),
        "gatewayId": text(r"(igw|vgw)-[0-9a-f]{8,17}", "a gateway such as 'igw-0a1b2c3d'"),
    },
    "aws:ec2/vpcEndpoint:VpcEndpoint": {
        "vpcId": drawn("vpc"),
        "serviceName": text(
            r"(com|cn\.com)\.amazonaws\.(vpce\.)?[a-z0-9-]+\.[a-z0-9.-]+|aws\.[a-z0-9.-]+",
            "a service such as 'com.amazonaws.eu-west-2.s3'",
        ),
        "policy": policy(policies.ENDPOINT),
        "routeTableIds[]": drawn("rtb"),
        "subnetIds[]": drawn("subnet"),
        "securityGroupIds[]": drawn("sg"),
        "ipAddressType": one_of("ipv4", "dualstack", "ipv6"),
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        "vpcId": drawn("vpc"),
        "description": text(
            _SIGNS, "a description: no other signs than EC2 takes", least=1, most=255
        ),
        **_INLINE_RULES,
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _RULE,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _RULE,
}

RULES = {
    "aws:ec2/vpc:Vpc": (_vpc,),
    "aws:ec2/subnet:Subnet": (_subnet,),
    "aws:ec2/routeTable:RouteTable": (_routes,),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (_association,),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (_endpoint,),
    "aws:ec2/securityGroup:SecurityGroup": (_inline,),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (_single,),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (_single,),
}
