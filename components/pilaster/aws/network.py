"""A private network: subnets with no way out but the S3 and DynamoDB gateway endpoints.

The decision taken here for everybody: no NAT gateway and no interface endpoint, which cost by the
hour. What is inside reaches the database, the cache and this stack's own buckets and tables, and
nothing else.
"""

import ipaddress
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws import iam
from pilaster.aws.function import NetworkRef
from pilaster.naming import Place
from pilaster.tagging import tags

DATABASE_PORT = 5432
CACHE_PORT = 6379
HTTPS = 443
SUBNET_BITS = 4
"""A network is cut in 16 subnets; the second half is left for what is to come."""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Where a network is and how large."""

    place: Place
    """Project, stack, account, region, and the zones the subnets lie in."""
    cidr: str = "10.0.0.0/16"
    """Its addresses. A function takes one for each of its network interfaces."""

    def __post_init__(self) -> None:
        network = ipaddress.ip_network(self.cidr)
        if not network.is_private or not 16 <= network.prefixlen <= 24:
            raise ValueError(
                f"cidr {self.cidr!r} is no private network between /16 and /24, "
                "which leaves room for 16 subnets"
            )
        if not 2 <= len(self.place.zones) <= 8:
            raise ValueError(
                f"{len(self.place.zones)} zones: Aurora wants subnets in two, and there is room "
                "for eight"
            )


class Network(pulumi.ComponentResource):
    """See the module's first lines."""

    inside: NetworkRef
    """Where functions are put that need the database."""
    database: NetworkRef
    """Where the database is put; only what is `inside` comes in."""
    cache: NetworkRef
    """Where the cache is put; only what is `inside` comes in."""

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Network", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._labels = tags(args.place, name)

        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={**self._labels, "Name": args.place.prefix + name},
            opts=self._child,
        )
        routes = aws.ec2.RouteTable(
            f"{name}-routes", vpc_id=vpc.id, tags=self._labels, opts=self._child
        )
        cidrs = list(ipaddress.ip_network(args.cidr).subnets(prefixlen_diff=SUBNET_BITS))
        subnets = [
            self._subnet(f"{name}-{zone}", vpc, routes, zone, str(cidr))
            for zone, cidr in zip(args.place.zones, cidrs, strict=False)
        ]
        endpoints = {
            service: aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=vpc.id,
                vpc_endpoint_type="Gateway",
                service_name=f"com.amazonaws.{args.place.region}.{service}",
                route_table_ids=[routes.id],
                policy=iam.document([statement]),
                tags=self._labels,
                opts=self._child,
            )
            for service, statement in endpoint_statements(args.place).items()
        }
        functions = self._group(f"{name}-functions", args.place, vpc, "Functions inside")
        database = self._group(f"{name}-database", args.place, vpc, "The database")
        for service, endpoint in endpoints.items():
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-functions-to-{service}",
                security_group_id=functions.id,
                description=f"Functions to {service} through its gateway endpoint",
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                prefix_list_id=endpoint.prefix_list_id,
                tags=self._labels,
                opts=self._child,
            )
        cache = self._group(f"{name}-cache", args.place, vpc, "The cache")
        self._open(name, "database", functions, database, DATABASE_PORT)
        self._open(name, "cache", functions, cache, CACHE_PORT)

        subnet_ids = [subnet.id for subnet in subnets]
        self.inside = NetworkRef(subnet_ids=subnet_ids, security_group_ids=[functions.id])
        self.database = NetworkRef(subnet_ids=subnet_ids, security_group_ids=[database.id])
        self.cache = NetworkRef(subnet_ids=subnet_ids, security_group_ids=[cache.id])
        sides = {"inside": self.inside, "database": self.database, "cache": self.cache}
        self.register_outputs({name: _side(side) for name, side in sides.items()})

    def _open(
        self,
        name: str,
        side: str,
        functions: aws.ec2.SecurityGroup,
        there: aws.ec2.SecurityGroup,
        port: int,
    ) -> None:
        """Functions may talk to that side, and nobody else may."""
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-functions-to-{side}",
            security_group_id=functions.id,
            description=f"Functions to the {side}",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=there.id,
            tags=self._labels,
            opts=self._child,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-{side}-from-functions",
            security_group_id=there.id,
            description=f"The {side} from functions",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=functions.id,
            tags=self._labels,
            opts=self._child,
        )

    def _subnet(
        self, name: str, vpc: aws.ec2.Vpc, routes: aws.ec2.RouteTable, zone: str, cidr: str
    ) -> aws.ec2.Subnet:
        subnet = aws.ec2.Subnet(
            f"{name}-subnet",
            vpc_id=vpc.id,
            availability_zone=zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags=self._labels,
            opts=self._child,
        )
        aws.ec2.RouteTableAssociation(
            f"{name}-routes",
            subnet_id=subnet.id,
            route_table_id=routes.id,
            opts=self._child,
        )
        return subnet

    def _group(
        self, name: str, place: Place, vpc: aws.ec2.Vpc, description: str
    ) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            name,
            name=place.name("security-group", name),
            description=description,
            vpc_id=vpc.id,
            tags=self._labels,
            opts=self._child,
        )


def _side(side: NetworkRef) -> dict[str, object]:
    return {"subnetIds": side.subnet_ids, "securityGroupIds": side.security_group_ids}


def endpoint_statements(place: Place) -> dict[str, dict[str, object]]:
    """What passes an endpoint: this stack's own things, for this account's own roles.

    A function's role says what it may do; this says that nobody carries data out of here with
    credentials brought along.
    """
    table = place.arn("dynamodb", f"table/{place.prefix}*")
    ours = {
        "s3": (
            _actions("s3", "DeleteObject DeleteObjectVersion GetObject ListBucket PutObject"),
            [f"arn:aws:s3:::{place.prefix}*"],
        ),
        "dynamodb": (
            _actions("dynamodb", "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem"),
            [table],
        ),
    }
    return {
        service: {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": actions,
            "Resource": resources,
            "Condition": {"StringEquals": {"aws:PrincipalAccount": place.account}},
        }
        for service, (actions, resources) in ours.items()
    }


def _actions(service: str, names: str) -> list[str]:
    return [f"{service}:{name}" for name in names.split()]
