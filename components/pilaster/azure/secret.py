"""A secret's place, without its value: a vault of its own.

The decision taken here for everybody: a value is never in a program, its settings or its state.
What is made is the place alone; whoever has the value stores it there by hand (`az keyvault secret
set`), and a function app has it by a setting that refers to it, with an identity whose role is on
this one secret.
"""

import re
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import keyvault

from pilaster.azure.iam import Grant
from pilaster.azure.naming import Place
from pilaster.azure.network import NetworkRef
from pilaster.naming import once
from pilaster.tagging import tags

RECOVERY_DAYS = 7
"""How long a deleted secret can be had back; Azure's shortest."""


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """What is kept there."""

    place: Place
    """Project, stack, subscription, location."""
    group: pulumi.Input[str]
    """The resource group's name."""
    network: NetworkRef
    """The network's `inside`: from elsewhere nobody reads it, whatever their role."""
    secret_name: str = "value"
    """Its name in the vault."""
    protect: bool = True
    """Refuse to be deleted or replaced, and be recoverable for a week if it is."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-zA-Z-]{1,127}", self.secret_name):
            raise ValueError(
                f"secret_name {self.secret_name!r} is no name of a secret: use letters, digits and "
                "hyphens, 127 at most"
            )


class Secret(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """What a function's environment names: the secret's address. Known at preview."""
    reference: pulumi.Output[str]
    """What a setting of a function app holds that wants the value: App Service puts it there when
    an instance starts, as the app's identity. Known at preview."""

    def __init__(
        self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:azure:Secret", name, None, opts)
        self._logical_name = name
        vault_name = args.place.worldwide("vault", name)
        vault = keyvault.Vault(
            f"{name}-vault",
            vault_name=vault_name,
            resource_group_name=args.group,
            location=args.place.location,
            properties={
                "tenant_id": args.place.tenant,
                "sku": {"family": "A", "name": keyvault.SkuName.STANDARD},
                # Roles on single secrets; access policies are for the whole vault.
                "enable_rbac_authorization": True,
                "enable_soft_delete": True,
                "soft_delete_retention_in_days": RECOVERY_DAYS,
                # Once on, Azure keeps it on.
                "enable_purge_protection": True if args.protect else None,
                "public_network_access": "Enabled",  # for the subnet below alone
                "network_acls": {
                    "bypass": "None",
                    "default_action": keyvault.NetworkRuleAction.DENY,
                    "ip_rules": [],
                    "virtual_network_rules": [{"id": args.network.subnet_id}],
                },
            },
            tags=tags(args.place, name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.name = once(vault, f"https://{vault_name}.vault.azure.net/secrets/{args.secret_name}")
        self.reference = pulumi.Output.concat("@Microsoft.KeyVault(SecretUri=", self.name, ")")
        self._scope = once(
            vault,
            args.place.id("Microsoft.KeyVault", "vaults", vault_name, "secrets", args.secret_name),
        )
        self.register_outputs({"name": self.name, "reference": self.reference})

    def read_value(self) -> Grant:
        """Reading the value."""
        return Grant(
            owner=self._logical_name,
            role="Key Vault Secrets User",
            scope=self._scope,
            why="the function reads this secret",
        )
