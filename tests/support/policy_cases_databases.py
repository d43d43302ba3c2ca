"""Databases and the ways to them, and what else stands around a service, as AWS documents them.

Written from AWS's documentation and from what people complain of in other packs' trackers, before
the rules were read. The form is that of `policy_cases_access`.
"""

from __future__ import annotations

from typing import Any

from pilaster_policies.testing import UNKNOWN, Thing

from tests.support.policy_cases_access import OURS, Case, allow, one, text

SUBNETS = ("a", "b")
ANYWHERE = "0.0.0.0/0"
OFFICE = "203.0.113.16/28"
SOUND = {
    "engine": "aurora-postgresql",
    "storageEncrypted": True,
    "manageMasterUserPassword": True,
    "deletionProtection": True,
    "backupRetentionPeriod": 7,
}


def made(type_: str, name: str, props: dict[str, Any] | None = None, **of: Any) -> Thing:
    """`of`: by property, the name of what it is made of, or several."""
    needs = {key: [each] if isinstance(each, str) else list(each) for key, each in of.items()}
    unknown = {k: UNKNOWN if isinstance(each, str) else [UNKNOWN] for k, each in of.items()}
    return Thing(type_, name, {**unknown, **(props or {})}, needs)


def group(name: str, *rules: dict[str, Any], **more: Any) -> Thing:
    return made(
        "aws:ec2/securityGroup:SecurityGroup", name, {"ingress": [*rules], **more}, vpcId="vpc"
    )


def opened(port: int, *cidrs: str, to: int | None = None, protocol: str = "tcp") -> dict[str, Any]:
    return {"protocol": protocol, "fromPort": port, "toPort": to or port, "cidrBlocks": [*cidrs]}


def network(*routes: tuple[str, str], way: str = "gatewayId") -> list[Thing]:
    """A VPC of two subnets with one table; `routes`: destination and what it leads to."""
    return [
        made("aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.0.0.0/16"}),
        made("aws:ec2/internetGateway:InternetGateway", "igw", vpcId="vpc"),
        made("aws:ec2/routeTable:RouteTable", "table", vpcId="vpc"),
        *(
            made(
                "aws:ec2/route:Route",
                f"route-{number}",
                {"destinationIpv6CidrBlock" if ":" in to else "destinationCidrBlock": to},
                routeTableId="table",
                **{way: through},
            )
            for number, (to, through) in enumerate(routes)
        ),
        *(
            made("aws:ec2/subnet:Subnet", each, {"cidrBlock": f"10.0.{n}.0/24"}, vpcId="vpc")
            for n, each in enumerate(SUBNETS)
        ),
        *(
            made(
                "aws:ec2/routeTableAssociation:RouteTableAssociation",
                f"{each}-table",
                routeTableId="table",
                subnetId=each,
            )
            for each in SUBNETS
        ),
        made("aws:rds/subnetGroup:SubnetGroup", "places", subnetIds=SUBNETS),
    ]


PRIVATE, PUBLIC = network(), network((ANYWHERE, "igw"))
PUBLIC_6 = network(("::/0", "igw"))
NAT = [
    *network((ANYWHERE, "nat"), way="natGatewayId"),
    made("aws:ec2/natGateway:NatGateway", "nat", subnetId="elsewhere"),
    made("aws:ec2/subnet:Subnet", "elsewhere", {"cidrBlock": "10.0.9.0/24"}, vpcId="vpc"),
]


def instance(*groups: str, **props: Any) -> Thing:
    return made(
        "aws:rds/instance:Instance",
        "db",
        {**SOUND, "engine": "postgres", "iamDatabaseAuthenticationEnabled": True, **props},
        dbSubnetGroupName="places",
        vpcSecurityGroupIds=groups,
    )


def cluster(*groups: str, **props: Any) -> Thing:
    of = {"dbSubnetGroupName": "places", "vpcSecurityGroupIds": groups}
    return made("aws:rds/cluster:Cluster", "db", {**SOUND, **props}, **of)


def stack(where: list[Thing], *more: Thing) -> tuple[Thing, ...]:
    return (*where, *more)


def acl(*rules: dict[str, Any]) -> Thing:
    return made(
        "aws:ec2/networkAcl:NetworkAcl",
        "acl",
        {"ingress": [*rules]},
        vpcId="vpc",
        subnetIds=SUBNETS,
    )


def acl_rule(number: int, action: str, cidr: str, low: int, high: int) -> dict[str, Any]:
    return {
        "ruleNo": number,
        "action": action,
        "protocol": "tcp",
        "cidrBlock": cidr,
        "fromPort": low,
        "toPort": high,
    }


def rule_of(group_: str, **props: Any) -> Thing:
    given = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, **props}
    return made(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "in",
        given,
        securityGroupId=group_,
    )


def from_group(group_: str, source: str) -> Thing:
    return made(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        f"{source}-to-{group_}",
        {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432},
        securityGroupId=group_,
        referencedSecurityGroupId=source,
    )


def balancer(*, internal: bool) -> list[Thing]:
    return [
        group("front", opened(5432, ANYWHERE)),
        made(
            "aws:lb/loadBalancer:LoadBalancer",
            "lb",
            {"internal": internal, "loadBalancerType": "network"},
            subnets=SUBNETS,
            securityGroups=("front",),
        ),
        made(
            "aws:lb/targetGroup:TargetGroup",
            "targets",
            {"port": 5432, "protocol": "TCP", "targetType": "ip"},
            vpcId="vpc",
        ),
        made(
            "aws:lb/listener:Listener",
            "listener",
            {
                "port": 5432,
                "protocol": "TCP",
                "defaultActions": [{"type": "forward", "targetGroupArn": UNKNOWN}],
            },
            loadBalancerArn="lb",
            defaultActions="targets",
        ),
        made(
            "aws:lb/targetGroupAttachment:TargetGroupAttachment",
            "attached",
            {"port": 5432},
            targetGroupArn="targets",
            targetId="db",
        ),
        group("inner"),
        from_group("inner", "front"),
    ]


WITHIN = group("inner", opened(5432, "10.0.0.0/16"))
OPEN = group("inner", opened(5432, ANYWHERE))
FLAG = {"publiclyAccessible": True}

CASES: list[Case] = [
    ("a private instance", "path", False, stack(PRIVATE, WITHIN, instance("inner"))),
    ("a private cluster behind a NAT", "path", False, stack(NAT, WITHIN, cluster("inner"))),
    ("all at once: flag, route and group", "path", True, stack(PUBLIC, OPEN, instance("inner",
     **FLAG))),
    ("a flag in private subnets is still wrong", "path", True, stack(PRIVATE, WITHIN,
     instance("inner", **FLAG))),
    ("public subnets, one flag away", "path", True, stack(PUBLIC, WITHIN, cluster("inner"))),
    ("public by IPv6 alone", "path", True, stack(PUBLIC_6, WITHIN, cluster("inner"))),
    ("halves of the internet", "path", True, stack(network(("0.0.0.0/1", "igw"), ("128.0.0.0/1",
     "igw")), WITHIN, cluster("inner"))),
    ("a route to the office by VPN", "path", False, stack([*network((OFFICE, "vgw")),
     made("aws:ec2/vpnGateway:VpnGateway", "vgw", vpcId="vpc")], WITHIN, cluster("inner"))),
    ("a group open to everyone in private subnets", "path", True, stack(PRIVATE, OPEN,
     cluster("inner"))),
    ("a group open by a rule of its own", "path", True, stack(PRIVATE, group("inner"),
     rule_of("inner", cidrIpv4=ANYWHERE), cluster("inner"))),
    ("open to all of IPv6", "path", True, stack(PRIVATE, group("inner"), rule_of("inner",
     cidrIpv6="::/0"), cluster("inner"))),
    ("open, for HTTPS and not for the database", "path", False, stack(PRIVATE, group("inner",
     opened(443, ANYWHERE)), cluster("inner"))),
    ("open for a range with the port in it", "path", True, stack(PRIVATE, group("inner",
     opened(5000, ANYWHERE, to=6000)), cluster("inner"))),
    ("open for every protocol", "path", True, stack(PRIVATE, group("inner", opened(0, ANYWHERE,
     protocol="-1")), cluster("inner"))),
    ("open for ping alone", "path", False, stack(PRIVATE, group("inner", opened(8, ANYWHERE,
     protocol="icmp")), cluster("inner"))),
    ("open for another port the database listens on", "path", True, stack(PRIVATE, group("inner",
     opened(6000, ANYWHERE)), cluster("inner", port=6000))),
    ("the default port open, and the database elsewhere", "way", False, stack(PRIVATE, OPEN,
     cluster("inner", port=6000))),
    ("open to the office", "path", False, stack(PRIVATE, group("inner", opened(5432, OFFICE)),
     cluster("inner"))),
    ("open to itself", "path", False, stack(PRIVATE, group("inner", {**opened(5432), "self": True}),
     cluster("inner"))),
    ("open group of somebody else", "way", False, stack(PRIVATE, WITHIN, group("other", opened(5432,
     ANYWHERE)), cluster("inner"))),
    ("one of two groups open", "path", True, stack(PRIVATE, WITHIN, group("other", opened(5432,
     ANYWHERE)), cluster("inner", "other"))),
    ("a rule of the older type", "path", True, stack(PRIVATE, group("inner"),
     made("aws:ec2/securityGroupRule:SecurityGroupRule", "in", {"type": "ingress",
     "protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": [ANYWHERE]},
     securityGroupId="inner"), cluster("inner"))),
    ("outgoing to everywhere", "path", False, stack(PRIVATE, group("inner", egress=[opened(0,
     ANYWHERE, protocol="-1")]), cluster("inner"))),
    ("from functions' group", "path", False, stack(PRIVATE, group("functions"), group("inner"),
     from_group("inner", "functions"), cluster("inner"))),
    ("a balancer on the internet before it", "path", True, stack(PUBLIC, *balancer(internal=False),
     instance("inner"))),
    ("an internal balancer before it, in private subnets", "path", False, stack(PRIVATE,
     *(group("front", opened(5432,
     "10.0.0.0/8")) if t.name == "front" else t for t in balancer(internal=True)),
     instance("inner"))),
    ("a public cluster instance", "path", True, one("aws:rds/clusterInstance:ClusterInstance",
     engine="aurora-mysql", **FLAG)),
    ("a private cluster instance", "path", False, one("aws:rds/clusterInstance:ClusterInstance",
     engine="aurora-mysql", publiclyAccessible=False)),
    ("a public Redshift cluster", "path", True, one("aws:redshift/cluster:Cluster",
     nodeType="ra3.large", **FLAG)),
    ("Redshift, whose default is private now", "path", False, one("aws:redshift/cluster:Cluster",
     nodeType="ra3.large")),
    ("a public Redshift Serverless workgroup", "path", True,
     one("aws:redshiftserverless/workgroup:Workgroup", workgroupName="w", **FLAG)),
    ("a public DMS instance", "path", True, one("aws:dms/replicationInstance:ReplicationInstance",
     **FLAG)),
    ("a public broker", "path", True, one("aws:mq/broker:Broker", **FLAG)),
    ("MSK with public addresses", "path", True, one("aws:msk/cluster:Cluster",
     brokerNodeGroupInfo={
         "connectivityInfo": {"publicAccess": {"type": "SERVICE_PROVIDED_EIPS"}}})),
    ("MSK without", "path", False, one("aws:msk/cluster:Cluster",
     brokerNodeGroupInfo={"connectivityInfo": {"publicAccess": {"type": "DISABLED"}}})),
    ("a snapshot for everyone", "path", True, one("aws:rds/snapshot:Snapshot",
     dbInstanceIdentifier="db", sharedAccounts=["all"])),
    ("a snapshot for one's own other account", "path", False, one("aws:rds/snapshot:Snapshot",
     dbInstanceIdentifier="db", sharedAccounts=["222222222222"])),
    ("a cluster's snapshot for everyone", "path", True,
     one("aws:rds/clusterSnapshot:ClusterSnapshot", dbClusterIdentifier="db",
     sharedAccounts=["all"])),
    ("an open group, closed by the network's own list", "way", False, stack(PUBLIC, OPEN,
     acl(acl_rule(100, "deny", ANYWHERE, 5432, 5432), acl_rule(200, "allow", "10.0.0.0/16", 0,
     65535)), instance("inner"))),
    ("a list that allows before it denies", "path", True, stack(PUBLIC, OPEN, acl(acl_rule(100,
     "allow", ANYWHERE, 0, 65535), acl_rule(200, "deny", ANYWHERE, 5432, 5432)), instance("inner",
     **FLAG))),
    ("memcached in private subnets", "path", False, stack(PRIVATE, group("inner", opened(11211,
     "10.0.0.0/16")), made("aws:elasticache/subnetGroup:SubnetGroup", "spots", subnetIds=SUBNETS),
     made("aws:elasticache/cluster:Cluster", "db", {"engine": "memcached"}, subnetGroupName="spots",
     securityGroupIds=("inner",)))),
    ("Valkey whose group is open", "path", True, stack(PRIVATE, group("inner", opened(6379,
     ANYWHERE)), made("aws:elasticache/subnetGroup:SubnetGroup", "spots", subnetIds=SUBNETS),
     made("aws:elasticache/replicationGroup:ReplicationGroup", "db", {"engine": "valkey"},
     subnetGroupName="spots", securityGroupIds=("inner",)))),
    ("OpenSearch in a VPC, closed", "path", False, stack(PRIVATE, group("inner", opened(443,
     "10.0.0.0/16")), made("aws:opensearch/domain:Domain", "db",
     {"vpcOptions": {"subnetIds": [UNKNOWN], "securityGroupIds": [UNKNOWN]}}, vpcOptions=("a",
     "inner")))),
    ("OpenSearch on the internet, for everybody", "path", True, one("aws:opensearch/domain:Domain",
     domainName="d", accessPolicies=text(allow("*", "es:*",
     f"arn:aws:es:eu-west-2:{OURS}:domain/d/*")))),
]  # fmt: skip
