"""Who may open a connection to what carries a security group, however its rules are written."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from pilaster_policies.narrowing import is_the_internet
from pilaster_policies.ports import Ports, covered
from pilaster_policies.prefix_lists import PrefixLists
from pilaster_policies.references import Stack
from pilaster_policies.registry import Resource
from pilaster_policies.values import Value, is_unknown, texts

GROUPS = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)
_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@dataclass(frozen=True)
class Opening:
    """One rule that lets connections in."""

    owner: str
    """Where it stands, for a message."""
    ports: Ports | None
    """None: not known yet."""
    cidrs: tuple[str, ...]
    groups: tuple[Resource, ...]
    """Those whose members may come."""

    @property
    def to_the_internet(self) -> str | None:
        """A range that holds strangers."""
        return next((cidr for cidr in self.cidrs if is_the_internet(cidr)), None)

    def lets_in(self, groups: list[Resource], addresses: list[str]) -> bool:
        """Whether what carries one of these groups, or has an address there, may come."""
        if any(group in self.groups for group in groups):
            return True
        return any(overlap(cidr, other) for cidr in self.cidrs for other in addresses)

    def covers(self, port: int) -> bool:
        """A port that is not known yet may be any."""
        return self.ports is None or port in self.ports


class SecurityGroups:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._lists = PrefixLists(stack)
        self._rules: dict[str, list[Resource]] = {}
        for rule in stack.of(_RULE, _INGRESS):
            if rule.type == _RULE and rule.get("type") == "egress":
                continue
            for group in stack.references(rule, "securityGroupId", types=GROUPS).found:
                self._rules.setdefault(group.urn, []).append(rule)

    def openings(self, group: Resource) -> Iterator[Opening]:
        inline = group.get("ingress")
        for number, entry in enumerate(inline if isinstance(inline, list) else []):
            if isinstance(entry, dict):
                yield self._opening(
                    f"security group {group.name}, ingress[{number}]",
                    group,
                    group,
                    entry,
                    "ingress",
                    "securityGroups",
                )
        for rule in self._rules.get(group.urn, ()):
            key = "sourceSecurityGroupId" if rule.type == _RULE else "referencedSecurityGroupId"
            yield self._opening(
                f"security group {group.name}, rule {rule.name}", group, rule, rule.props, key, key
            )

    def _opening(
        self,
        where: str,
        group: Resource,
        owner: Resource,
        entry: dict[str, Value],
        top: str,
        source: str,
    ) -> Opening:
        named = entry.get(source)
        sources: tuple[Resource, ...] = ()
        if named:
            sources = self._stack.references(owner, top, types=GROUPS, within=named).found
            # A rule is made of the group it belongs to as well as of the one it lets in.
            if top == source and len(sources) > 1:
                sources = tuple(each for each in sources if each is not group)
        if entry.get("self") is True:
            sources = (*sources, group)
        protocol = entry.get("protocol", entry.get("ipProtocol"))
        ports = covered(protocol, (entry.get("fromPort"), entry.get("toPort")))
        cidrs = texts(
            [
                entry.get(key)
                for key in ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
                if not is_unknown(entry.get(key))
            ]
        )
        for key in ("prefixListIds", "prefixListId"):
            # What is not seen of them is said where the port is judged (`database_ports`).
            cidrs += self._lists.held(owner, top if top == "ingress" else key, entry.get(key))[0]
        return Opening(where, ports, tuple(cidrs), sources)


def overlap(one: str, other: str) -> bool:
    try:
        first = ipaddress.ip_network(one.strip(), strict=False)
        second = ipaddress.ip_network(other.strip(), strict=False)
    except ValueError:
        return False
    return first.version == second.version and first.overlaps(second)
