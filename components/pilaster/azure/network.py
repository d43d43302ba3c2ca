"""A private network: one subnet for functions, one for the database, and nothing between but 5432.

The decision taken here for everybody: no NAT gateway, no private endpoint and no public address,
which cost by the hour. Functions reach the database by its private name, storage and vaults over
Azure's own network (service endpoints), and of the internet nothing but the services listed here.
"""

import ipaddress
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network, privatedns

from pilaster.azure.naming import Place
from pilaster.naming import once
from pilaster.tagging import tags

DATABASE_PORT = "5432"
FUNCTIONS = "functions"
DATABASE = "database"
HTTPS = "443"
DIRECTORY = "AzureActiveDirectory"
SERVICES = (DIRECTORY, "AzureKeyVault", "AzureMonitor", "Storage")
"""Whom functions may call outside the network, by Azure's own names for their addresses: who they
are, their secrets, their log lines, their package."""
SUBNET_PREFIX = 26
"""Flex Consumption takes an address for each instance, and /26 is what Azure advises."""
DATABASE_SUBNET_PREFIX = 28
"""The smallest the database's service takes."""


@dataclass(frozen=True, kw_only=True)
class NetworkRef:
    """A side of a network: where something is put."""

    subnet_id: pulumi.Input[str]
    """The subnet, delegated to one service."""
    private_dns_zone_id: pulumi.Input[str] | None = None
    """Where the private name is written, for what has one."""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Where a network is and how large."""

    place: Place
    """Project, stack, subscription, location."""
    group: pulumi.Input[str]
    """The resource group's name."""
    cidr: str = "10.0.0.0/24"
    """Its addresses."""

    def __post_init__(self) -> None:
        try:
            cidr = ipaddress.ip_network(self.cidr)
        except ValueError as error:
            raise ValueError(
                f"cidr {self.cidr!r} is no network ({error}): write it as 10.0.0.0/24"
            ) from None
        if not cidr.is_private or cidr.version != 4 or not 16 <= cidr.prefixlen <= 24:
            raise ValueError(f"cidr {self.cidr!r} is no private network between /16 and /24")


class Network(pulumi.ComponentResource):
    """See the module's first lines."""

    inside: NetworkRef
    """Where functions are put that need the database."""
    database: NetworkRef
    """Where the database is put; only what is `inside` comes in."""

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:azure:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = tags(args.place, name)
        functions, database = subnets(args.cidr)
        network_name = args.place.name("network", name)
        whole = network.VirtualNetwork(
            f"{name}-network",
            virtual_network_name=network_name,
            resource_group_name=args.group,
            location=args.place.location,
            address_space={"address_prefixes": [args.cidr]},
            tags=labels,
            opts=child,
        )
        leaving = self._rules(f"{name}-{FUNCTIONS}", args, functions_rules(database))
        entering = self._rules(f"{name}-{DATABASE}", args, database_rules(functions, database))
        inside = network.Subnet(
            f"{name}-{FUNCTIONS}",
            subnet_name=FUNCTIONS,
            virtual_network_name=once(whole, network_name),
            resource_group_name=args.group,
            address_prefix=functions,
            default_outbound_access=True,
            network_security_group={"id": leaving.id},
            delegations=[{"name": "flex", "service_name": "Microsoft.App/environments"}],
            service_endpoints=[{"service": "Microsoft.Storage"}, {"service": "Microsoft.KeyVault"}],
            opts=child,
        )
        behind = network.Subnet(
            f"{name}-{DATABASE}",
            subnet_name=DATABASE,
            virtual_network_name=once(whole, network_name),
            resource_group_name=args.group,
            address_prefix=database,
            default_outbound_access=True,
            network_security_group={"id": entering.id},
            delegations=[
                {"name": "postgresql", "service_name": "Microsoft.DBforPostgreSQL/flexibleServers"}
            ],
            # A network takes one change of its subnets at a time.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[inside]),
        )
        zone_name = f"{args.place.prefix}{name}.private.postgres.database.azure.com"
        zone = privatedns.PrivateZone(
            f"{name}-zone",
            private_zone_name=zone_name,
            resource_group_name=args.group,
            location="global",
            tags=labels,
            opts=child,
        )
        link = privatedns.VirtualNetworkLink(
            f"{name}-zone-link",
            virtual_network_link_name="network",
            private_zone_name=once(zone, zone_name),
            resource_group_name=args.group,
            location="global",
            registration_enabled=False,
            virtual_network={"id": whole.id},
            tags=labels,
            opts=child,
        )
        place = (*("Microsoft.Network", "virtualNetworks"), network_name, "subnets")
        self.inside = NetworkRef(subnet_id=once(inside, args.place.id(*place, FUNCTIONS)))
        self.database = NetworkRef(
            subnet_id=once(behind, args.place.id(*place, DATABASE)),
            # A name that the network cannot look up yet would be no use to anybody.
            private_dns_zone_id=once(
                link, args.place.id("Microsoft.Network", "privateDnsZones", zone_name)
            ),
        )
        self.register_outputs(
            {
                "inside": {"subnetId": self.inside.subnet_id},
                "database": {
                    "subnetId": self.database.subnet_id,
                    "privateDnsZoneId": self.database.private_dns_zone_id,
                },
            }
        )

    def _rules(
        self, name: str, args: NetworkArgs, rules: list[network.SecurityRuleArgs]
    ) -> network.NetworkSecurityGroup:
        for place, rule in enumerate(rules, 1):
            rule.priority = 100 * place
        return network.NetworkSecurityGroup(
            f"{name}-rules",
            network_security_group_name=args.place.name("rules", name),
            resource_group_name=args.group,
            location=args.place.location,
            security_rules=rules,
            tags=tags(args.place, name),
            opts=pulumi.ResourceOptions(parent=self),
        )


def subnets(cidr: str) -> tuple[str, str]:
    """The functions' addresses and the database's."""
    whole = ipaddress.ip_network(cidr)
    functions, rest, *_ = whole.subnets(new_prefix=SUBNET_PREFIX)
    return str(functions), str(next(rest.subnets(new_prefix=DATABASE_SUBNET_PREFIX)))


def functions_rules(database: str) -> list[network.SecurityRuleArgs]:
    """Nobody comes in; what goes out goes to the database and to the services the host needs."""
    return [
        _rule("Inbound", "nobody", "Deny", "*", "*", "*"),
        _rule("Outbound", "database", "Allow", "*", database, DATABASE_PORT),
        *(_rule("Outbound", tag, "Allow", "*", tag, HTTPS) for tag in SERVICES),
        _rule("Outbound", "nothing-else", "Deny", "*", "*", "*"),
    ]


def database_rules(functions: str, database: str) -> list[network.SecurityRuleArgs]:
    """Functions come in, a standby does, and nobody else in the network."""
    return [
        _rule("Inbound", "functions", "Allow", functions, database, DATABASE_PORT),
        _rule("Inbound", "standby", "Allow", database, database, DATABASE_PORT),
        # Azure's own last rules let in the whole network.
        _rule("Inbound", "nobody-else", "Deny", "*", "*", "*"),
        _rule("Outbound", "standby", "Allow", database, database, DATABASE_PORT),
        # The server asks Entra whom a token is of, and keeps its log in storage.
        *(
            _rule("Outbound", t, "Allow", "*", t, HTTPS)
            for t in ("AzureActiveDirectory", "Storage")
        ),
        _rule("Outbound", "nothing-else", "Deny", "*", "*", "*"),
    ]


def _rule(
    direction: str, name: str, access: str, source: str, to: str, port: str
) -> network.SecurityRuleArgs:
    return network.SecurityRuleArgs(
        name=f"{direction}-{name}",
        direction=direction,
        access=access,
        protocol="Tcp" if access == "Allow" else "*",
        source_address_prefix=source,
        source_port_range="*",
        destination_address_prefix=to,
        destination_port_range=port,
    )
