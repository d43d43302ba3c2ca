"""Security groups and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jmespath

from pilaster_local.providers.aws import tagging
from pilaster_local.providers.aws.calls import Scope, tags_of
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Named, Part, Row
from pilaster_local.providers.aws.services.networks import marked
from pilaster_local.providers.aws.tagging import MARK
from pilaster_local.providers.aws.values import Plain

_ANYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


class Group(Kind):
    """As the real provider has it, a new group lets nothing out: AWS's own allow-all rule is taken
    away.
    """

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        egress = {"GroupId": thing_id, "IpPermissions": [_ANYWHERE]}
        self.forget(scope, "RevokeSecurityGroupEgress", egress)
        super().finish(scope, thing_id, inputs)


def _inline(direction: str) -> Part:
    """The rules a group itself lists."""
    name = direction.lower()

    def apply(_kind: Kind, scope: Scope, group: str, _state: Plain, inputs: Plain) -> None:
        asked = {"GroupIds": [group]}
        there = scope.call("ec2", "DescribeSecurityGroups", asked)["SecurityGroups"][0]
        listed = "IpPermissions" if direction == "Ingress" else "IpPermissionsEgress"
        if there.get(listed):
            old = [_bare(permission) for permission in there[listed]]
            revoked = {"GroupId": group, "IpPermissions": old}
            scope.call("ec2", f"RevokeSecurityGroup{direction}", revoked)
        new = [_permission(rule, group) for rule in inputs.get(name) or []]
        if new:
            allowed = {"GroupId": group, "IpPermissions": new}
            scope.call("ec2", f"AuthorizeSecurityGroup{direction}", allowed)

    return Part(
        inputs=name,
        inside="cidrBlocks description fromPort ipv6CidrBlocks prefixListIds protocol "
        "securityGroups self toPort",
        apply=apply,
    )


def _bare(permission: Plain) -> Plain:
    return {name: value for name, value in permission.items() if value not in ([], None)}


def _permission(rule: Plain, group: str) -> Plain:
    said = {"Description": rule["description"]} if rule.get("description") else {}
    groups = [*(rule.get("securityGroups") or []), *([group] if rule.get("self") else [])]
    permission: Plain = {"IpProtocol": _protocol(rule["protocol"])}
    if permission["IpProtocol"] != "-1":
        permission |= {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    for member, key, values in (
        ("IpRanges", "CidrIp", rule.get("cidrBlocks")),
        ("Ipv6Ranges", "CidrIpv6", rule.get("ipv6CidrBlocks")),
        ("PrefixListIds", "PrefixListId", rule.get("prefixListIds")),
        ("UserIdGroupPairs", "GroupId", groups),
    ):
        if values:
            permission[member] = [{key: value, **said} for value in values]
    return permission


def _protocol(protocol: Any) -> str:
    return "-1" if str(protocol).lower() in {"-1", "all"} else str(protocol).lower()


class Rule(Kind):
    """One rule with an id of its own, whichever way it goes."""

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        tags = tagging.spelled(self.tag_style, {**tags_of(inputs), MARK: scope.urn})
        return {
            "GroupId": inputs["securityGroupId"],
            "IpPermissions": [_single(inputs)],
            "TagSpecifications": [{"ResourceType": "security-group-rule", "Tags": tags}],
        }

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        asked = {"Filters": [{"Name": "group-id", "Values": [state["securityGroupId"]]}]}
        listed = scope.call("ec2", "DescribeSecurityGroupRules", asked)
        path = f"SecurityGroupRules[?SecurityGroupRuleId=='{thing_id}'] | [0]"
        return jmespath.search(path, listed)

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        if changed - {"tags", "tagsAll"}:
            members = {
                "cidrIpv4": "CidrIpv4",
                "cidrIpv6": "CidrIpv6",
                "description": "Description",
                "fromPort": "FromPort",
                "prefixListId": "PrefixListId",
                "referencedSecurityGroupId": "ReferencedGroupId",
                "toPort": "ToPort",
            }
            rule = {member: inputs[name] for name, member in members.items() if name in inputs}
            rule["IpProtocol"] = _protocol(inputs["ipProtocol"])
            update = {"SecurityGroupRuleId": thing_id, "SecurityGroupRule": rule}
            group = {"GroupId": inputs["securityGroupId"], "SecurityGroupRules": [update]}
            scope.call("ec2", "ModifySecurityGroupRules", group)
        super().update(scope, thing_id, state, inputs, changed & {"tags", "tagsAll"})


def _single(inputs: Plain) -> Plain:
    said = {"Description": inputs["description"]} if inputs.get("description") else {}
    permission: Plain = {"IpProtocol": _protocol(inputs["ipProtocol"])}
    if "fromPort" in inputs:
        permission |= {"FromPort": inputs["fromPort"], "ToPort": inputs["toPort"]}
    for name, member, key in (
        ("cidrIpv4", "IpRanges", "CidrIp"),
        ("cidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("prefixListId", "PrefixListIds", "PrefixListId"),
        ("referencedSecurityGroupId", "UserIdGroupPairs", "GroupId"),
    ):
        if name in inputs:
            permission[member] = [{key: inputs[name], **said}]
    return permission


_WITH_PORTS = ("tcp", "udp", "icmp", "icmpv6", "1", "6", "17", "58")
"""Every other protocol is let through whole."""
_PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


def _peer(inputs: Mapping[str, Any]) -> Failures:
    given = [name for name in _PEERS if name in inputs]
    if len(given) != 1:
        yield "cidrIpv4", f"a rule names exactly one of {', '.join(_PEERS)}; here are {given}"
    protocol = inputs.get("ipProtocol")
    if isinstance(protocol, str) and _protocol(protocol) in _WITH_PORTS:
        for name in ("fromPort", "toPort"):
            if name not in inputs:
                yield name, f"protocol {protocol!r} needs a range of ports"


def _rule(direction: str) -> Row:
    find = marked("DescribeSecurityGroupRules", "SecurityGroupRules", "SecurityGroupRuleId")
    return Row(
        service="ec2", create=f"AuthorizeSecurityGroup{direction}", marked=True,
        read="DescribeSecurityGroupRules", delete=f"RevokeSecurityGroup{direction}",
        id="SecurityGroupRuleId", created="SecurityGroupRules[0]",
        key="GroupId={securityGroupId} SecurityGroupRuleIds=[{id}]", replace="securityGroupId",
        aside=f"ipProtocol fromPort toPort description securityGroupId {' '.join(_PEERS)}",
        outputs="securityGroupRuleId={id} "
        "arn=arn:aws:ec2:{region}:{account}:security-group-rule/{id}",
        required="securityGroupId ipProtocol", tagged=True, find=find, kind=Rule, checks=(_peer,),
    )  # fmt: skip


# fmt: off
TYPES = {
    "aws:ec2/securityGroup:SecurityGroup": Row(
        service="ec2", create="CreateSecurityGroup", read="DescribeSecurityGroups",
        delete="DeleteSecurityGroup", id="GroupId", created="@",
        key="GroupIds=[{id}] GroupId={id}", at="SecurityGroups[0]",
        rename={"name": "GroupName"}, replace="vpcId description", identity="vpcId name",
        aside="revokeRulesOnDelete", defaults={"description": "Managed by Pulumi"},
        outputs="arn=arn:aws:ec2:{region}:{account}:security-group/{id} ownerId=OwnerId "
        "vpcId=VpcId",
        named=Named(limit=255), tagged=True, tag_type="security-group", marked=True,
        find=marked("DescribeSecurityGroups", "SecurityGroups", "GroupId"), kind=Group,
        parts=(_inline("Ingress"), _inline("Egress")),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("Ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("Egress"),
}
