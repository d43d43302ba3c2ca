"""What stands between the internet and a database and could carry a connection on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pilaster_policies.ports import number
from pilaster_policies.references import References, Stack
from pilaster_policies.registry import Resource
from pilaster_policies.routes import SUBNETS, Routes
from pilaster_policies.security_groups import GROUPS
from pilaster_policies.values import Value, inside

CARRYING = frozenset({22, 23, 1080, 1194, 3128, 3389, 5900, 5985, 5986, 51820})
"""Ports behind which one logs in or is carried on: SSH, telnet, SOCKS, OpenVPN, a web proxy, RDP,
VNC, WinRM, WireGuard. A web server's own port leads to its pages and no further."""

_INSTANCE = "aws:ec2/instance:Instance"
_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
_SERVICE = "aws:ecs/service:Service"
_PROXY = "aws:rds/proxy:Proxy"
BALANCERS = (
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
    "aws:applicationloadbalancing/loadBalancer:LoadBalancer",
)
_TARGETS = (
    "aws:lb/targetGroup:TargetGroup",
    "aws:alb/targetGroup:TargetGroup",
    "aws:applicationloadbalancing/targetGroup:TargetGroup",
)
_BYTES = ("TCP", "TLS", "TCP_UDP", "SSL", "UDP")
"""Protocols of a load balancer that pass on what they are given."""

_PLACES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    _INSTANCE: (("vpcSecurityGroupIds",), ("subnetId",)),
    _TEMPLATE: (("networkInterfaces", "securityGroups"), ("networkInterfaces", "subnetId")),
    _CONFIGURATION: (("securityGroups",), ()),
    _SERVICE: (("networkConfiguration", "securityGroups"), ("networkConfiguration", "subnets")),
    _PROXY: (("vpcSecurityGroupIds",), ("vpcSubnetIds",)),
    **dict.fromkeys(BALANCERS, (("securityGroups",), ("subnets",))),
}


@dataclass(frozen=True)
class Host:
    """Something with security groups that connections can come to and go on from."""

    resource: Resource
    groups: tuple[Resource, ...]
    subnets: References
    public: bool
    """It has an address on the internet, and a way leads there as far as can be seen."""
    carries: frozenset[int] | None
    """The ports it passes connections on to; None: whoever is on it goes wherever it may."""

    @property
    def ranges(self) -> list[str]:
        """The addresses it may have, as far as they are known."""
        found = [subnet.get("cidrBlock") for subnet in self.subnets.found]
        return [each for each in found if isinstance(each, str)]


def hosts(stack: Stack, routes: Routes) -> Iterator[Host]:
    with_address = {
        each.urn
        for owner in stack.of("aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation")
        for key in ("instance", "instanceId")
        for each in stack.references(owner, key, types=(_INSTANCE,)).found
    }
    for resource in stack.of(*_PLACES):
        where, lies = _PLACES[resource.type]
        groups = stack.references(resource, *where, types=GROUPS).found
        if resource.type == _TEMPLATE:
            more = stack.references(resource, "vpcSecurityGroupIds", types=GROUPS).found
            groups = tuple({each.urn: each for each in (*groups, *more)}.values())
        subnets = (
            stack.references(resource, *lies, types=SUBNETS)
            if lies
            else References(found=(), strangers=(), unknown=False)
        )
        addressed = resource.urn in with_address or _addressed(resource, subnets)
        yield Host(
            resource=resource,
            groups=groups,
            subnets=subnets,
            public=addressed and _led_to(subnets, routes),
            carries=_carries(stack, resource),
        )


def _led_to(subnets: References, routes: Routes) -> bool:
    """Only where every subnet is seen to have no way in is there none."""
    if not subnets.found or subnets.strangers or subnets.unknown:
        return True
    return any(True for subnet in subnets.found for _ in routes.ways(subnet))


def _addressed(resource: Resource, subnets: References) -> bool:
    match resource.type:
        case "aws:ec2/instance:Instance":
            said = resource.get("associatePublicIpAddress")
            given = any(subnet.get("mapPublicIpOnLaunch") is True for subnet in subnets.found)
            return said is True or (said is None and given)
        case "aws:ec2/launchTemplate:LaunchTemplate":
            return _yes(resource.get("networkInterfaces", "associatePublicIpAddress"))
        case "aws:ec2/launchConfiguration:LaunchConfiguration":
            return _yes(resource.get("associatePublicIpAddress"))
        case "aws:ecs/service:Service":
            return _yes(resource.get("networkConfiguration", "assignPublicIp"))
        case "aws:rds/proxy:Proxy":
            return False  # a proxy never has an address on the internet
        case _:
            return not _yes(resource.get("internal"))


def _yes(value: Value) -> bool:
    return value is True or str(value).lower() == "true"


def _carries(stack: Stack, resource: Resource) -> frozenset[int] | None:
    if resource.type not in BALANCERS:
        return None
    found = [
        number(group.get("port"))
        for group in stack.of(*_TARGETS)
        if str(group.get("protocol")).upper() in _BYTES
    ]
    listeners = resource.get("listeners")
    found += [
        number(listener.get("instancePort"))
        for listener in (listeners if isinstance(listeners, list) else [])
        if isinstance(listener, dict)
        and str(inside(listener, "instanceProtocol")).upper() in _BYTES
    ]
    return frozenset(port for port in found if isinstance(port, int))
