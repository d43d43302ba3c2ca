"""A private network: no way in, and no way out but to the database's own range.

The decision taken here for everybody: no NAT gateway and no connector, which cost by the hour
(docs/adr: functions go into the subnet directly). The default route is deleted and what leaves a
function is refused but for the database's port.
"""

import ipaddress
from dataclasses import dataclass

import pulumi
from pulumi_gcp import compute, servicenetworking

from pilaster.gcp.naming import Place
from pilaster.naming import once

DATABASE_PORT = 5432
TAG = "functions-inside"
"""What functions bear in the network; the firewall's rules name it."""
SUBNET_PREFIX = 24
"""Each instance of a function takes up to two addresses; Google asks for /26 at the least."""
RANGE_PREFIX = 20
"""Of the network's addresses, what databases are put into; Google asks for /24 at the least."""


@dataclass(frozen=True, kw_only=True)
class NetworkRef:
    """A side of a network: where something is put."""

    network: pulumi.Input[str]
    """The network's whole name."""
    subnet: pulumi.Input[str] = ""
    """The subnet's whole name; none for a database, which Google puts into a range of its own."""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Where a network is and how large."""

    place: Place
    """Project, stack, Google's project, region."""
    cidr: str = "10.0.0.0/16"
    """Its addresses: the first /24 for functions, the last /20 for databases."""

    def __post_init__(self) -> None:
        network = ipaddress.ip_network(self.cidr)
        if not network.is_private or not 8 <= network.prefixlen <= 18:
            raise ValueError(
                f"cidr {self.cidr!r} is no private network of /18 or larger, which leaves room for "
                "a subnet and the databases' range"
            )


class Network(pulumi.ComponentResource):
    """See the module's first lines."""

    inside: NetworkRef
    """Where functions are put that need the database."""
    database: NetworkRef
    """Where the database is put; only what is `inside` comes in."""

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:gcp:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        place = args.place
        functions, databases = _ranges(args.cidr)
        network_name = place.name("network", name)
        network = compute.Network(
            f"{name}-network",
            project=place.cloud_project,
            name=network_name,
            auto_create_subnetworks=False,
            delete_default_routes_on_create=True,
            routing_mode="REGIONAL",
            opts=child,
        )
        whole = once(network, place.address("global", "networks", network_name))
        subnet_name = place.name("subnet", name)
        subnet = compute.Subnetwork(
            f"{name}-subnet",
            project=place.cloud_project,
            region=place.region,
            name=subnet_name,
            network=whole,
            ip_cidr_range=str(functions),
            opts=child,
        )
        range_name = place.name("range", f"{name}-databases")
        reserved = compute.GlobalAddress(
            f"{name}-databases",
            project=place.cloud_project,
            name=range_name,
            network=whole,
            purpose="VPC_PEERING",
            address_type="INTERNAL",
            address=str(databases.network_address),
            prefix_length=databases.prefixlen,
            opts=child,
        )
        services = servicenetworking.Connection(
            f"{name}-services",
            network=whole,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=[once(reserved, range_name)],
            opts=child,
        )
        closed = [
            _rule(f"{name}-{what}", args.place, whole, child, **rule)
            for what, rule in {
                "to-database": {
                    "priority": 1000,
                    "allows": [{"protocol": "tcp", "ports": [str(DATABASE_PORT)]}],
                    "destination_ranges": [str(databases)],
                },
                "to-nothing-else": {
                    "priority": 65_000,
                    "denies": [{"protocol": "all"}],
                    "destination_ranges": ["0.0.0.0/0"],
                },
            }.items()
        ]
        # A function that is there before the rules could talk to anybody.
        guarded = pulumi.Output.all(subnet.urn, *(rule.urn for rule in closed))
        subnet_address = place.address("regions", place.region, "subnetworks", subnet_name)
        self.inside = NetworkRef(network=whole, subnet=guarded.apply(lambda _: subnet_address))
        # A database can be put into the range once Google's network is connected to this one.
        connected = pulumi.Output.all(whole, services.urn).apply(lambda both: both[0])
        self.database = NetworkRef(network=connected)
        self.register_outputs(
            {
                "inside": {"network": self.inside.network, "subnet": self.inside.subnet},
                "database": {"network": self.database.network},
            }
        )


def _ranges(cidr: str) -> tuple[ipaddress.IPv4Network, ipaddress.IPv4Network]:
    """The subnet's addresses and the databases'."""
    network = ipaddress.IPv4Network(cidr)
    functions = next(network.subnets(new_prefix=SUBNET_PREFIX))
    *_, databases = network.subnets(new_prefix=RANGE_PREFIX)
    return functions, databases


def _rule(
    name: str,
    place: Place,
    network: pulumi.Output[str],
    child: pulumi.ResourceOptions,
    **rule: object,
) -> compute.Firewall:
    return compute.Firewall(
        name,
        compute.FirewallArgs(
            project=place.cloud_project,
            name=place.name("firewall", name),
            network=network,
            direction="EGRESS",
            target_tags=[TAG],
            **rule,  # pyright: ignore[reportArgumentType]
        ),
        child,
    )
