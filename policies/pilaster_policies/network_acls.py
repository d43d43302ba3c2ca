"""What a subnet's network ACL lets in. It can take a path away; in doubt it takes none.

Entries are tried in the order of their numbers and the first that fits decides; what fits none is
denied. A subnet nobody associates has its VPC's default ACL, which lets everything in unless the
stack rewrites it. Only the way in is read: an ACL that forgets the way back breaks things and
protects nothing for sure.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from pilaster_policies.narrowing import is_the_internet
from pilaster_policies.ports import Ports, covered, number
from pilaster_policies.references import Stack
from pilaster_policies.registry import Resource
from pilaster_policies.routes import SUBNETS, VPCS
from pilaster_policies.values import Value, is_unknown

_ACL = "aws:ec2/networkAcl:NetworkAcl"
_DEFAULT = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACLS = (_ACL, _DEFAULT)
_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
_ASSOCIATION = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
_LAST = 32767
"""Numbers of entries end here; AWS's own last one denies."""


@dataclass(frozen=True)
class Entry:
    order: int
    allows: bool
    ports: Ports | None
    """None: not known."""
    cidr: str | None
    """None: not known."""

    def surely_covers(self, port: int, source: str) -> bool:
        return (
            self.ports is not None
            and port in self.ports
            and self.cidr is not None
            and _holds(self.cidr, source)
        )

    def may_touch(self, port: int, source: str) -> bool:
        """Of the internet only a range that holds strangers is a part, as for security groups."""
        if self.ports is not None and port not in self.ports:
            return False
        if self.cidr is None:
            return True
        if is_the_internet(source) and not is_the_internet(self.cidr):
            return False
        return _meets(self.cidr, source)


class NetworkAcls:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._acls: dict[str, list[Resource]] = {}
        self._rules: dict[str, list[Resource]] = {}
        for acl in stack.of(*ACLS):
            for subnet in stack.references(acl, "subnetIds", types=SUBNETS).found:
                self._acls.setdefault(subnet.urn, []).append(acl)
        for association in stack.of(_ASSOCIATION):
            found = stack.references(association, "networkAclId", types=ACLS).found
            for subnet in stack.references(association, "subnetId", types=SUBNETS).found:
                self._acls.setdefault(subnet.urn, []).extend(found)
        for rule in stack.of(_RULE):
            for acl in stack.references(rule, "networkAclId", types=ACLS).found:
                self._rules.setdefault(acl.urn, []).append(rule)
        self._defaults: dict[str, Resource] = {
            vpc.urn: acl
            for acl in stack.of(_DEFAULT)
            for vpc in stack.references(acl, "defaultNetworkAclId", types=VPCS).found
        }

    def let_in(self, subnets: list[Resource], port: int, sources: list[str]) -> bool:
        """Whether somebody from there may come into one of the subnets, as far as can be told."""
        if not subnets or not sources:
            return True
        return any(self._lets_in(subnet, port, source) for subnet in subnets for source in sources)

    def _lets_in(self, subnet: Resource, port: int, source: str) -> bool:
        acls = self._acls.get(subnet.urn) or [
            self._defaults[vpc.urn]
            for vpc in self._stack.references(subnet, "vpcId", types=VPCS).found
            if vpc.urn in self._defaults
        ]
        if not acls:
            return True
        for acl in acls:
            entries = self._entries(acl)
            if entries is None or _allowed(entries, port, source):
                return True
        return False

    def _entries(self, acl: Resource) -> list[Entry] | None:
        """In the order they are tried; None where that cannot be told."""
        inline = acl.get("ingress")
        if is_unknown(inline):
            return None
        found = [_entry(each, "ruleNo", "action") for each in _dicts(inline)]
        if isinstance(inline, list) and len(found) < len(inline):
            return None
        for rule in self._rules.get(acl.urn, ()):
            egress = rule.get("egress")
            if is_unknown(egress):
                return None
            if egress is not True:
                found.append(_entry(rule.props, "ruleNumber", "ruleAction"))
        entries = [each for each in found if each is not None]
        if len(entries) < len(found):
            return None
        return sorted(entries, key=lambda each: each.order)


def _allowed(entries: list[Entry], port: int, source: str) -> bool:
    for entry in entries:
        if entry.allows and entry.may_touch(port, source):
            return True
        if not entry.allows and entry.surely_covers(port, source):
            return False
    return False


def _entry(entry: dict[str, Value], order: str, action: str) -> Entry | None:
    place, said = number(entry.get(order)), entry.get(action)
    if not isinstance(place, int) or place > _LAST or not isinstance(said, str):
        return None
    ranges = [entry.get(key) for key in ("cidrBlock", "ipv6CidrBlock") if entry.get(key)]
    cidr = ranges[0] if len(ranges) == 1 and isinstance(ranges[0], str) else None
    ports = covered(entry.get("protocol"), (entry.get("fromPort"), entry.get("toPort")))
    if str(entry.get("protocol")).lower() in ("udp", "17"):
        ports = range(0)  # no database is reached by it
    return Entry(place, said.lower() == "allow", ports, cidr)


def _dicts(value: Value) -> Iterator[dict[str, Value]]:
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict):
            yield each


def _holds(outer: str, inner: str) -> bool:
    networks = _networks(outer, inner)
    return networks is not None and networks[1].subnet_of(networks[0])  # type: ignore[arg-type]


def _meets(one: str, other: str) -> bool:
    """Ranges of different kinds do not meet; what cannot be read may."""
    networks = _networks(one, other)
    if networks is None:
        return (":" in one) == (":" in other)
    return networks[0].overlaps(networks[1])


def _networks(
    one: str, other: str
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] | None:
    try:
        found = tuple(ipaddress.ip_network(each.strip(), strict=False) for each in (one, other))
    except ValueError:
        return None
    return found if found[0].version == found[1].version else None
