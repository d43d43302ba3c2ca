"""No public database: flags, snapshots, search domains, and ports in security groups."""

from __future__ import annotations

from typing import Any

import pytest
from pilaster_policies.prefix_lists import ENTRY, LIST
from pilaster_policies.rules.database_ports import PORTS
from pilaster_policies.rules.public_database import DOMAINS, FLAGGED, SNAPSHOTS

from tests.support import judging
from tests.support.judging import UNKNOWN, Court, Thing, document, judged, waiting

RULE = "aws-public-database"


def broken(type_: str, **props: Any) -> list[str]:
    """What this file is about: a database has other rules to obey as well."""
    return [rule for rule in judging.broken(type_, **props) if rule == RULE]


@pytest.mark.parametrize("type_", FLAGGED)
def test_a_database_with_an_address_of_its_own_on_the_internet_breaks_the_rule(type_: str) -> None:
    assert broken(type_, publiclyAccessible=True) == [RULE]
    assert broken(type_, publiclyAccessible="true") == [RULE]
    assert broken(type_, publiclyAccessible=False) == []
    assert broken(type_, publiclyAccessible="False") == []
    assert broken(type_) == []
    assert waiting(type_, publiclyAccessible=UNKNOWN) == [RULE]


@pytest.mark.parametrize("type_", SNAPSHOTS)
def test_a_snapshot_is_not_for_every_account(type_: str) -> None:
    assert broken(type_, sharedAccounts=["111111111111", "all"]) == [RULE]
    assert broken(type_, sharedAccounts=["111111111111"]) == []
    assert waiting(type_, sharedAccounts=[UNKNOWN]) == ["aws-foreign-account", RULE]


def test_brokers_have_no_public_addresses() -> None:
    def cluster(access: str) -> dict[str, Any]:
        return {"connectivityInfo": {"publicAccess": {"type": access}}}

    msk = "aws:msk/cluster:Cluster"
    assert broken(msk, brokerNodeGroupInfo=cluster("SERVICE_PROVIDED_EIPS")) == [RULE]
    assert broken(msk, brokerNodeGroupInfo=cluster("DISABLED")) == []
    assert broken(msk, brokerNodeGroupInfo={"clientSubnets": ["s"]}) == []
    assert waiting(msk, brokerNodeGroupInfo=cluster(UNKNOWN)) == [RULE]


OPEN = document({"Effect": "Allow", "Action": "es:ESHttpGet", "Principal": "*", "Resource": "*"})


@pytest.mark.parametrize("type_", DOMAINS)
def test_a_search_domain_lies_in_a_vpc_whomever_its_policy_names(type_: str) -> None:
    assert broken(type_, accessPolicies=OPEN) == [RULE]
    assert broken(type_, accessPolicies=OPEN, vpcOptions={"subnetIds": ["s"]}) == []
    assert broken(type_) == [RULE]
    assert broken(type_, vpcOptions=UNKNOWN) == []
    assert waiting(type_, vpcOptions=UNKNOWN, accessPolicies=UNKNOWN) == [RULE]


def test_a_search_collection_is_reached_from_inside() -> None:
    type_ = "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"
    public = '[{"Rules": [], "AllowFromPublic": true}]'
    private = '[{"Rules": [], "AllowFromPublic": false, "SourceVPCEs": ["vpce-1"]}]'
    assert broken(type_, type="network", policy=public) == [RULE]
    assert broken(type_, type="network", policy=private) == []
    assert broken(type_, type="encryption", policy='{"Rules": []}') == []


# --- ports: one rule, written in four ways --------------------------------------------------------


def written_inline(**entry: Any) -> tuple[str, dict[str, Any]]:
    return "aws:ec2/securityGroup:SecurityGroup", {"ingress": [entry]}


def written_for_the_default_group(**entry: Any) -> tuple[str, dict[str, Any]]:
    return "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"ingress": [entry]}


def written_apart(**entry: Any) -> tuple[str, dict[str, Any]]:
    return "aws:ec2/securityGroupRule:SecurityGroupRule", {"type": "ingress", **entry}


def written_by_address(**entry: Any) -> tuple[str, dict[str, Any]]:
    props: dict[str, Any] = {
        "ipProtocol": entry["protocol"],
        "fromPort": entry.get("fromPort"),
        "toPort": entry.get("toPort"),
    }
    if blocks := entry.get("cidrBlocks"):
        props["cidrIpv4"] = blocks if isinstance(blocks, str) else blocks[0]
    if blocks := entry.get("ipv6CidrBlocks"):
        props["cidrIpv6"] = blocks[0]
    if lists := entry.get("prefixListIds"):
        props["prefixListId"] = lists[0]
    return "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", props


WAYS = [written_inline, written_for_the_default_group, written_apart, written_by_address]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "entry",
    [
        {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["0.0.0.0/0"]},
        {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "ipv6CidrBlocks": ["::/0"]},
        {"protocol": "tcp", "fromPort": 6000, "toPort": 5000, "cidrBlocks": ["0.0.0.0/0"]},
        {"protocol": "6", "fromPort": 3000, "toPort": 4000, "cidrBlocks": ["0.0.0.0/0"]},
        {"protocol": "tcp", "fromPort": 0, "toPort": 65535, "cidrBlocks": ["0.0.0.0/1"]},
        {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]},
        {"protocol": -1, "cidrBlocks": ["0.0.0.0/0"]},
        {"protocol": "all", "ipv6CidrBlocks": ["2000::/3"]},
        {"protocol": "udp", "fromPort": 11211, "toPort": 11211, "cidrBlocks": ["0.0.0.0/0"]},
        {"protocol": "tcp", "fromPort": -1, "toPort": -1, "cidrBlocks": ["0.0.0.0/0"]},
    ],
)
def test_a_database_port_open_to_the_internet_breaks_the_rule(
    way: Any, entry: dict[str, Any]
) -> None:
    type_, props = way(**entry)
    assert broken(type_, **props) == [RULE]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "entry",
    [
        {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]},
        {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/8"]},
        {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "ipv6CidrBlocks": ["fd00::/8"]},
        {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["203.0.113.0/24"]},
        {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "securityGroups": ["sg-1"]},
        {"protocol": "icmp", "fromPort": 8, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]},
    ],
)
def test_other_ports_and_other_addresses_do_not(way: Any, entry: dict[str, Any]) -> None:
    type_, props = way(**entry)
    assert judged(type_, **props) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "entry",
    [
        {"protocol": "tcp", "fromPort": UNKNOWN, "toPort": 5432, "cidrBlocks": ["0.0.0.0/0"]},
        {"protocol": UNKNOWN, "fromPort": 1, "toPort": 2, "cidrBlocks": ["0.0.0.0/0"]},
        {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": UNKNOWN},
    ],
)
def test_what_is_not_seen_is_said(way: Any, entry: dict[str, Any]) -> None:
    type_, props = way(**entry)
    assert waiting(type_, **props) == [RULE]
    assert broken(type_, **props) == []


def test_an_unknown_group_beside_a_known_address_does_not_hide_it() -> None:
    entry = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432}
    props = {"ingress": [{**entry, "cidrBlocks": [UNKNOWN, "0.0.0.0/0"]}]}
    assert broken("aws:ec2/securityGroup:SecurityGroup", **props) == [RULE]


def test_egress_is_another_matter() -> None:
    entry = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}
    assert judged("aws:ec2/securityGroupRule:SecurityGroupRule", type="egress", **entry) == []
    assert judged("aws:ec2/securityGroup:SecurityGroup", egress=[entry]) == []


def test_the_message_names_the_ports_and_the_addresses() -> None:
    type_, props = written_apart(
        protocol="tcp", fromPort=5432, toPort=5432, cidrBlocks=["0.0.0.0/0"]
    )
    (said,) = judged(type_, **props)
    assert said.text == (
        "the rule opens the database port 5432 (PostgreSQL) to 0.0.0.0/0: everybody on the "
        "internet may try to log in. Fix: name the security group or the addresses that need it "
        "instead of the internet"
    )


@pytest.mark.parametrize("port", sorted(PORTS))
def test_each_database_port_is_watched(port: int) -> None:
    type_, props = written_apart(
        protocol="tcp", fromPort=port, toPort=port, cidrBlocks=["0.0.0.0/0"]
    )
    assert broken(type_, **props) == [RULE]


@pytest.mark.parametrize("way", WAYS)
def test_a_prefix_list_is_what_the_stack_says_it_holds(way: Any) -> None:
    """Written in the list or as an entry of its own, known by its id or by what it is made of."""
    port = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432}
    for cidrs, expected in [
        (["10.8.0.0/16", "0.0.0.0/0"], {"mandatory"}),
        (["10.8.0.0/16"], set[str]()),
        ([UNKNOWN], {"advisory"}),
        (None, {"advisory"}),
    ]:
        inside = [{"cidr": each} for each in cidrs or ()]
        apart = [Thing(ENTRY, f"e{n}", {"prefixListId": "pl-1", **e}) for n, e in enumerate(inside)]
        written = Thing(LIST, "list", {"id": "pl-1", "entries": inside})
        bare = Thing(LIST, "list", {"id": "pl-1"})
        for things in [[written], [bare, *apart]] if cidrs else [[]]:
            for name in ("pl-1", UNKNOWN) if cidrs else ("pl-1",):
                type_, props = way(**port, prefixListIds=[name])
                key = next(k for k in ("ingress", "prefixListIds", "prefixListId") if k in props)
                needs = {key: ["list"]} if name is UNKNOWN else {}
                said = Court().on_stack([*things, Thing(type_, "it", props, needs)])
                levels = {s.level for s in said if s.rule in (RULE, f"{RULE}-unknown")}
                assert levels == expected, (cidrs, name, [s.text for s in said])


def test_of_two_lists_of_which_one_is_meant_the_open_one_is_not_taken_for_it() -> None:
    of = [("open", "0.0.0.0/0"), ("inner", "10.8.0.0/16")]
    lists = [Thing(LIST, name, {"id": UNKNOWN, "entries": [{"cidr": c}]}) for name, c in of]
    port = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432}
    type_, props = written_inline(**port, prefixListIds=[UNKNOWN])
    it = Thing(type_, "it", props, {"ingress": ["open", "inner"]})
    levels = {s.level for s in Court().on_stack([*lists, it]) if s.rule.startswith(RULE)}
    assert levels == {"advisory"}
