"""Paths from the internet to a database, over the network a stack draws."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.judging import UNKNOWN, Court, Said, Thing

ID = "aws-database-path"
EVERYWHERE = "0.0.0.0/0"


def group(name: str, *ingress: dict[str, Any], needs: tuple[str, ...] = ()) -> Thing:
    return Thing(
        "aws:ec2/securityGroup:SecurityGroup",
        name,
        {"vpcId": UNKNOWN, "ingress": list(ingress)},
        {"vpcId": ["vpc"], "ingress": list(needs)},
    )


def let_in(name: str, to: str, port: int, *, source: str) -> Thing:
    return Thing(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        name,
        {
            "securityGroupId": UNKNOWN,
            "referencedSecurityGroupId": UNKNOWN,
            "ipProtocol": "tcp",
            "fromPort": port,
            "toPort": port,
        },
        {"securityGroupId": [to], "referencedSecurityGroupId": [source]},
    )


def from_everywhere(name: str, to: str, port: int, cidr: str = EVERYWHERE) -> Thing:
    return Thing(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        name,
        {
            "securityGroupId": UNKNOWN,
            "cidrIpv4": cidr,
            "ipProtocol": "tcp",
            "fromPort": port,
            "toPort": port,
        },
        {"securityGroupId": [to]},
    )


def subnet(name: str, cidr: str, **more: Any) -> Thing:
    props = {"vpcId": UNKNOWN, "cidrBlock": cidr, **more}
    return Thing("aws:ec2/subnet:Subnet", name, props, {"vpcId": ["vpc"]})


def table(name: str, *subnets: str) -> list[Thing]:
    return [
        Thing("aws:ec2/routeTable:RouteTable", name, {"vpcId": UNKNOWN}, {"vpcId": ["vpc"]}),
        *(
            Thing(
                "aws:ec2/routeTableAssociation:RouteTableAssociation",
                f"{name}-{each}",
                {"routeTableId": UNKNOWN, "subnetId": UNKNOWN},
                {"routeTableId": [name], "subnetId": [each]},
            )
            for each in subnets
        ),
    ]


def route(name: str, of: str, **props: Any) -> Thing:
    gateways = {"gatewayId": ["gateway"]} if props.get("gatewayId") == UNKNOWN else {}
    return Thing(
        "aws:ec2/route:Route",
        name,
        {"routeTableId": UNKNOWN, **props},
        {"routeTableId": [of], **gateways},
    )


def database(port: int = 5432, subnets: str = "private-group", **more: Any) -> Thing:
    return Thing(
        "aws:rds/instance:Instance",
        "database",
        {
            "engine": "postgres",
            "port": port,
            "dbSubnetGroupName": UNKNOWN,
            "vpcSecurityGroupIds": [UNKNOWN],
            **more,
        },
        {"dbSubnetGroupName": [subnets], "vpcSecurityGroupIds": ["database-group"]},
    )


def subnets(name: str, *members: str) -> Thing:
    props = {"subnetIds": [UNKNOWN] * len(members)}
    return Thing("aws:rds/subnetGroup:SubnetGroup", name, props, {"subnetIds": list(members)})


NETWORK = [
    Thing("aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.0.0.0/16"}),
    Thing("aws:ec2/internetGateway:InternetGateway", "gateway", {}, {"vpcId": ["vpc"]}),
    subnet("public", "10.0.1.0/24", mapPublicIpOnLaunch=True),
    subnet("private", "10.0.2.0/24"),
    *table("public-routes", "public"),
    *table("private-routes", "private"),
    route("out", "public-routes", destinationCidrBlock=EVERYWHERE, gatewayId=UNKNOWN),
    subnets("private-group", "private"),
    group("database-group"),
    group("app-group"),
    let_in("database-from-app", "database-group", 5432, source="app-group"),
]
BASTION = Thing(
    "aws:ec2/instance:Instance",
    "bastion",
    {"subnetId": UNKNOWN, "vpcSecurityGroupIds": [UNKNOWN]},
    {"subnetId": ["public"], "vpcSecurityGroupIds": ["app-group"]},
)


def found(*things: Thing, level: str = "mandatory") -> list[str]:
    said: list[Said] = Court().on_stack([*NETWORK, *things])
    rule = ID if level == "mandatory" else f"{ID}-unknown"
    return [each.text for each in said if each.rule == rule and each.level == level]


def test_a_database_in_subnets_without_a_way_in_is_left_alone() -> None:
    assert found(database()) == []
    assert found(database(), level="advisory") == []


@pytest.mark.parametrize(
    "way",
    [
        route("r", "private-routes", destinationCidrBlock=EVERYWHERE, gatewayId=UNKNOWN),
        route("r", "private-routes", destinationIpv6CidrBlock="::/0", gatewayId=UNKNOWN),
        route("r", "private-routes", destinationCidrBlock="0.0.0.0/1", gatewayId=UNKNOWN),
        route("r", "private-routes", destinationCidrBlock=EVERYWHERE, gatewayId="igw-0123"),
    ],
)
def test_a_subnet_routed_to_the_internet_is_drawn(way: Thing) -> None:
    [said] = found(database(), way)
    assert "the internet -> gateway " in said
    assert "-> route table private-routes -> subnet private -> database: " in said


def test_routes_written_into_the_table_and_a_main_table_count_too() -> None:
    inline = Thing(
        "aws:ec2/routeTable:RouteTable",
        "mixed",
        {"routes": [{"cidrBlock": EVERYWHERE, "gatewayId": UNKNOWN}]},
        {"routes": ["gateway"]},
    )
    main = Thing(
        "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        "main",
        {"vpcId": UNKNOWN, "routeTableId": UNKNOWN},
        {"vpcId": ["vpc"], "routeTableId": ["mixed"]},
    )
    alone = subnet("alone", "10.0.3.0/24")
    things = (inline, alone, subnets("alone-group", "alone"), database(subnets="alone-group"))
    assert found(*things) == [], "the table is nobody's"
    [said] = found(*things, main)
    assert "-> route table mixed -> subnet alone -> database: " in said


@pytest.mark.parametrize(
    "props",
    [
        {"destinationCidrBlock": EVERYWHERE, "natGatewayId": "nat-1"},
        {"destinationIpv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw-1"},
        {"destinationCidrBlock": "203.0.113.7/32", "gatewayId": UNKNOWN},
    ],
)
def test_ways_out_are_no_ways_in(props: dict[str, Any]) -> None:
    assert found(database(), route("r", "private-routes", **props)) == []


def test_a_prefix_list_behind_the_gateway_is_not_known() -> None:
    way = route("r", "private-routes", destinationPrefixListId="pl-1", gatewayId=UNKNOWN)
    assert found(database(), way) == []
    assert any("whether the route is" in text for text in found(database(), way, level="advisory"))


def test_subnets_of_another_stack_are_unknown_ground() -> None:
    foreign = Thing(
        "aws:rds/subnetGroup:SubnetGroup", "foreign", {"subnetIds": ["subnet-1", "subnet-2"]}
    )
    said = found(foreign, database(subnets="foreign"), level="advisory")
    assert any("subnet-1, subnet-2" in text for text in said)


def test_a_bastion_that_anybody_may_log_in_to_is_a_stone() -> None:
    [said] = found(database(), BASTION, from_everywhere("ssh", "app-group", 22))
    assert said.startswith("not known") is False
    assert "the internet (0.0.0.0/0) -> Instance bastion (port 22: security group app-group" in said
    assert "-> database (port 5432: security group database-group, rule database-from-app)" in said


def test_a_web_server_is_none() -> None:
    """Its port leads to its pages: what everybody builds is no path."""
    assert found(database(), BASTION, from_everywhere("web", "app-group", 443)) == []


def test_a_bastion_for_one_office_is_none() -> None:
    assert (
        found(database(), BASTION, from_everywhere("ssh", "app-group", 22, "203.0.113.7/32")) == []
    )


def test_a_bastion_without_a_way_to_it_is_none() -> None:
    hidden = Thing(
        BASTION.type,
        "bastion",
        BASTION.props,
        {"subnetId": ["private"], "vpcSecurityGroupIds": ["app-group"]},
    )
    assert found(database(), hidden, from_everywhere("ssh", "app-group", 22)) == []


def test_a_chain_of_groups_is_followed() -> None:
    door = group("door-group")
    bastion = Thing(
        BASTION.type,
        "bastion",
        BASTION.props,
        {"subnetId": ["public"], "vpcSecurityGroupIds": ["door-group"]},
    )
    app = Thing(
        BASTION.type,
        "app",
        BASTION.props,
        {"subnetId": ["private"], "vpcSecurityGroupIds": ["app-group"]},
    )
    chain = (door, bastion, app, from_everywhere("ssh", "door-group", 22), database())
    assert found(*chain) == []
    [said] = found(*chain, let_in("onward", "app-group", 22, source="door-group"))
    assert "Instance bastion" in said
    assert "-> Instance app (port 22: security group app-group, rule onward) -> database" in said


def test_a_range_that_holds_the_bastion_lets_it_in() -> None:
    bastion = Thing(
        BASTION.type,
        "bastion",
        BASTION.props,
        {"subnetId": ["public"], "vpcSecurityGroupIds": ["door-group"]},
    )
    stack = (group("door-group"), bastion, from_everywhere("ssh", "door-group", 22), database())
    wide = from_everywhere("vpc", "database-group", 5432, "10.0.0.0/16")
    narrow = from_everywhere("subnet", "database-group", 5432, "10.0.2.0/24")
    assert len(found(*stack, wide)) == 1
    assert found(*stack, narrow) == []


def balancer(**props: Any) -> Thing:
    return Thing(
        "aws:lb/loadBalancer:LoadBalancer",
        "balancer",
        {"subnets": [UNKNOWN], "securityGroups": [UNKNOWN], **props},
        {"subnets": ["public"], "securityGroups": ["app-group"]},
    )


def target(protocol: str, port: int) -> Thing:
    return Thing("aws:lb/targetGroup:TargetGroup", "targets", {"protocol": protocol, "port": port})


def test_a_load_balancer_that_passes_bytes_to_the_databases_port_is_a_stone() -> None:
    open_ = from_everywhere("any", "app-group", 5000)
    [said] = found(database(), balancer(), target("TCP", 5432), open_)
    assert "LoadBalancer balancer" in said
    assert found(database(), balancer(), target("HTTP", 80), open_) == []
    assert found(database(), balancer(internal=True), target("TCP", 5432), open_) == []
    without = balancer(securityGroups=None)
    assert found(database(), without, target("TCP", 5432)) == [], "its addresses are not let in"


def test_a_port_nobody_uses_for_a_database_is_judged_as_this_ones() -> None:
    odd = from_everywhere("odd", "database-group", 15432)
    [said] = found(database(port=15432), odd)
    assert "the internet (0.0.0.0/0) -> database (port 15432: " in said
    assert found(database(), odd) == []


def test_what_comes_through_a_peered_network_is_not_known() -> None:
    way = route("r", "private-routes", destinationCidrBlock="10.9.0.0/16", transitGatewayId="tgw-1")
    far = from_everywhere("far", "database-group", 5432, "10.9.0.0/16")
    assert found(database(), way, level="advisory") == []
    [said] = found(database(), way, far, level="advisory")
    assert "who comes through the transit gateway of route table private-routes" in said


@pytest.mark.parametrize("odd", [None, 7, "text", [], [None], {"a": 1}, UNKNOWN, [UNKNOWN]])
def test_nothing_raises_whatever_stands_there(odd: Any) -> None:
    names = ("vpcSecurityGroupIds", "dbSubnetGroupName", "port", "engine")
    for name in names:
        found(database(**{name: odd}), BASTION)
    found(Thing("aws:ec2/routeTable:RouteTable", "t", {"routes": odd}), database())
    found(Thing("aws:ec2/securityGroup:SecurityGroup", "s", {"ingress": odd}), database())
    found(Thing("aws:ecs/service:Service", "e", {"networkConfiguration": odd}), database())
    found(Thing("aws:elb/loadBalancer:LoadBalancer", "l", {"listeners": odd}), database())


# --- network ACLs: what they surely deny is no way in ---------------------------------------------


def acl(*entries: dict[str, Any], over: str = "private") -> Thing:
    return Thing(
        "aws:ec2/networkAcl:NetworkAcl",
        "acl",
        {"vpcId": UNKNOWN, "subnetIds": [UNKNOWN], "ingress": list(entries)},
        {"vpcId": ["vpc"], "subnetIds": [over]},
    )


def entry(order: int, action: str, cidr: str = EVERYWHERE, **more: Any) -> dict[str, Any]:
    return {
        "ruleNo": order,
        "action": action,
        "protocol": "tcp",
        "fromPort": 0,
        "toPort": 65535,
        "cidrBlock": cidr,
        **more,
    }


OUT = route("r", "private-routes", destinationCidrBlock=EVERYWHERE, gatewayId=UNKNOWN)


@pytest.mark.parametrize(
    ("entries", "paths"),
    [
        ([], 0),
        ([entry(100, "allow", "10.0.0.0/16")], 0),
        ([entry(100, "deny"), entry(200, "allow")], 0),
        ([entry(100, "allow")], 1),
        ([entry(200, "deny"), entry(100, "allow")], 1),
        ([entry(100, "deny", "10.0.0.0/8"), entry(200, "allow")], 1),
        ([entry(100, "deny", fromPort=22, toPort=22), entry(200, "allow")], 1),
        ([entry(100, "deny", protocol="udp"), entry(200, "allow")], 1),
        ([entry(100, "allow", fromPort=443, toPort=443)], 0),
        ([entry(100, "allow", protocol="-1", fromPort=0, toPort=0)], 1),
        ([entry(100, "allow", "203.0.113.0/24")], 0),
        ([entry(100, "allow", "0.0.0.0/1")], 1),
        ([entry(UNKNOWN, "deny"), entry(200, "allow")], 1),  # type: ignore[arg-type]
        ([entry(100, "allow", UNKNOWN)], 1),
        ([entry(100, "deny", UNKNOWN), entry(200, "allow")], 1),
    ],
)
def test_an_acl_takes_a_way_away_only_if_it_surely_denies(
    entries: list[dict[str, Any]], paths: int
) -> None:
    assert len(found(database(), OUT, acl(*entries))) == paths


def test_an_acl_that_is_not_known_or_another_subnets_takes_nothing_away() -> None:
    unknown = Thing(
        "aws:ec2/networkAcl:NetworkAcl",
        "acl",
        {"subnetIds": [UNKNOWN], "ingress": UNKNOWN},
        {"subnetIds": ["private"]},
    )
    assert len(found(database(), OUT, unknown)) == 1
    assert len(found(database(), OUT, acl(over="public"))) == 1


def test_rules_and_associations_of_their_own_count() -> None:
    bare = Thing("aws:ec2/networkAcl:NetworkAcl", "acl", {"vpcId": UNKNOWN}, {"vpcId": ["vpc"]})
    tied = Thing(
        "aws:ec2/networkAclAssociation:NetworkAclAssociation",
        "tied",
        {"networkAclId": UNKNOWN, "subnetId": UNKNOWN},
        {"networkAclId": ["acl"], "subnetId": ["private"]},
    )

    def lets_in(**more: Any) -> Thing:
        props = {
            "networkAclId": UNKNOWN,
            "ruleNumber": 100,
            "ruleAction": "allow",
            "protocol": "-1",
            "cidrBlock": EVERYWHERE,
            **more,
        }
        return Thing(
            "aws:ec2/networkAclRule:NetworkAclRule", "rule", props, {"networkAclId": ["acl"]}
        )

    assert len(found(database(), OUT, bare)) == 1, "it is no subnet's"
    assert found(database(), OUT, bare, tied) == []
    assert len(found(database(), OUT, bare, tied, lets_in())) == 1
    assert found(database(), OUT, bare, tied, lets_in(egress=True)) == []


def test_an_acl_around_a_bastion_keeps_strangers_from_stepping_on_it() -> None:
    ssh = from_everywhere("ssh", "app-group", 22)
    assert len(found(database(), BASTION, ssh)) == 1
    mine = entry(100, "allow", "10.0.0.0/16")
    assert found(database(), BASTION, ssh, acl(mine, over="public")) == []
    web = entry(200, "allow", fromPort=443, toPort=443)
    assert found(database(), BASTION, ssh, acl(mine, web, over="public")) == []
    assert len(found(database(), BASTION, ssh, acl(entry(100, "allow"), over="public"))) == 1


def test_an_acl_around_the_database_keeps_a_bastion_out() -> None:
    ssh = from_everywhere("ssh", "app-group", 22)
    others = entry(100, "allow", "10.0.9.0/24")
    assert found(database(), BASTION, ssh, acl(others)) == []
    assert len(found(database(), BASTION, ssh, acl(entry(100, "allow", "10.0.1.0/24")))) == 1
