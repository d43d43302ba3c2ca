"""A function app on Flex Consumption, with storage and a log of its own.

The decision taken here for everybody: an app is for one entry point and one identity; its storage
takes no keys and nobody else's calls, its settings hold names and never secrets, and it is let in
by nobody until an `Api` stands before it. Its code is sent up after it was made (`az functionapp
deployment source config-zip`), for the provider cannot write to storage without an account key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
from pulumi_azure_native import applicationinsights, operationalinsights, storage, web

from pilaster import packaging
from pilaster.azure.iam import Grant
from pilaster.azure.identity import IdentityRef, assign
from pilaster.azure.naming import Place
from pilaster.azure.network import NetworkRef
from pilaster.azure.warm import always_ready
from pilaster.naming import once
from pilaster.packaging import Code
from pilaster.tagging import tags

CACHE = ".pilaster/packages"
PACKAGES = "packages"
MEMORIES_MIB = (512, 2048, 4096)
FEWEST_AT_MOST = 40
"""Flex Consumption takes no lower limit of instances."""


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """What a function app runs, as whom, where."""

    place: Place
    """Project, stack, subscription, location."""
    group: pulumi.Input[str]
    """The resource group's name."""
    code: Code
    """Entry point and dependency set, which are packed into an archive."""
    identity: IdentityRef
    """Who it is; what it may do is that identity's."""
    network: NetworkRef
    """The network's `inside`."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, str])
    """Exactly the variables the handler reads. Never a secret: they are shown in the portal."""
    is_public: bool = False
    """Whether requests reach it at all. An `Api` checks their tokens; nothing else is public."""
    memory_mib: int = 512
    """Memory of an instance."""
    calls_at_once: int = 8
    """Requests an instance answers at a time; the next instance takes the rest."""
    warm_instances: int = 0
    """Instances that are always there, and cost while they wait."""
    maximum_instances: int = FEWEST_AT_MOST
    """Instances at the most."""
    log_retention_days: int = 30
    """How long log lines stay."""

    def __post_init__(self) -> None:
        if self.memory_mib not in MEMORIES_MIB:
            raise ValueError(
                f"memory_mib {self.memory_mib} of {self.code.entry_point!r} is no size of Flex "
                f"Consumption's: take one of {', '.join(map(str, MEMORIES_MIB))}"
            )
        if not FEWEST_AT_MOST <= self.maximum_instances <= 1000:
            raise ValueError(
                f"maximum_instances {self.maximum_instances} of {self.code.entry_point!r} is not "
                f"within {FEWEST_AT_MOST} and 1000, which Flex Consumption takes"
            )
        if not 1 <= self.calls_at_once <= 1000:
            raise ValueError(f"calls_at_once {self.calls_at_once} is not within 1 and 1000")
        if not 30 <= self.log_retention_days <= 730:
            raise ValueError(
                f"log_retention_days {self.log_retention_days} is not within 30 and 730, which a "
                "workspace takes"
            )
        always_ready(self.warm_instances)
        for name in self.environment:
            if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
                raise ValueError(
                    f"environment {name!r} is no variable's name: use capitals, digits and "
                    "underscores"
                )
            if name.startswith(("FUNCTIONS_", "WEBSITE_", "APPLICATIONINSIGHTS_")):
                raise ValueError(f"environment {name!r} is the platform's own: name it otherwise")


class Function(pulumi.ComponentResource):
    """See the module's first lines."""

    id: pulumi.Output[str]
    """What an API or a log query names: its resource id. Known at preview."""
    name: pulumi.Output[str]
    """The app's physical name. Known at preview."""
    host: pulumi.Output[str]
    """Where it answers, once it is let in. Known at preview."""
    package: pulumi.Output[str]
    """The archive that is to be sent up, below the program's folder."""

    def __init__(
        self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:azure:Function", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._labels = tags(args.place, name)
        site_name = args.place.worldwide("site", name)
        package = _package(self, args)
        account, kept = self._storage(name, args)
        insights, log = self._insights(name, args)
        able = assign(
            f"{name}-host", args.place, args.identity.principal_id, [*kept, log], self._child
        )
        plan = web.AppServicePlan(
            f"{name}-plan",
            name=args.place.name("plan", name),
            resource_group_name=args.group,
            location=args.place.location,
            kind="functionapp",
            reserved=True,  # Azure's word for Linux
            sku={"name": "FC1", "tier": "FlexConsumption"},
            tags=self._labels,
            opts=self._child,
        )
        site = web.WebApp(
            f"{name}-app",
            name=site_name,
            resource_group_name=args.group,
            location=args.place.location,
            kind="functionapp,linux",
            reserved=True,
            server_farm_id=plan.id,
            https_only=True,
            client_affinity_enabled=False,
            public_network_access="Enabled",  # who comes in is said below
            key_vault_reference_identity=args.identity.id,
            identity={
                "type": web.ManagedServiceIdentityType.USER_ASSIGNED,
                "user_assigned_identities": [args.identity.id],
            },
            virtual_network_subnet_id=args.network.subnet_id,
            outbound_vnet_routing={"all_traffic": True},
            function_app_config=_config(args, account),
            site_config={
                "app_settings": [
                    {"name": setting, "value": value}
                    for setting, value in sorted(_settings(args, account, insights).items())
                ],
                "ftps_state": "Disabled",
                "http20_enabled": True,
                "ip_security_restrictions_default_action": "Allow" if args.is_public else "Deny",
                "min_tls_version": "1.2",
                "remote_debugging_enabled": False,
                # Where its code is sent up: open, and Entra asks who comes.
                "scm_ip_security_restrictions_default_action": "Allow",
                "scm_min_tls_version": "1.2",
            },
            tags={**self._labels, "pilaster:package": package.key},
            # Without its roles the host finds neither its storage nor its package.
            opts=pulumi.ResourceOptions(parent=self, depends_on=able),
        )
        # Passwords for sending up code, which Azure hands out unless it is told not to.
        web.WebAppScmAllowed(
            f"{name}-no-deployment-password",
            allow=False,
            name=once(site, site_name),
            resource_group_name=args.group,
            opts=self._child,
        )
        web.WebAppFtpAllowed(
            f"{name}-no-ftp-password",
            allow=False,
            name=once(site, site_name),
            resource_group_name=args.group,
            opts=self._child,
        )
        self.id = once(site, args.place.id("Microsoft.Web", "sites", site_name))
        self.name = once(site, site_name)
        # On this machine it is an address and a port, which are known once they are taken.
        self.host = (
            site.default_host_name
            if args.place.target.machine
            else once(site, f"{site_name}.azurewebsites.net")
        )
        self.package = once(site, str(package.path))
        self.register_outputs(
            {"id": self.id, "name": self.name, "host": self.host, "package": self.package}
        )

    def _storage(self, name: str, args: FunctionArgs) -> tuple[pulumi.Output[str], list[Grant]]:
        """The host's own account: its package, its leases. Nobody's data is in it."""
        account_name = args.place.worldwide("storage", name)
        account = storage.StorageAccount(
            f"{name}-storage",
            account_name=account_name,
            resource_group_name=args.group,
            location=args.place.location,
            kind="StorageV2",
            sku={"name": "Standard_LRS"},
            access_tier=storage.AccessTier.HOT,
            allow_blob_public_access=False,
            allow_cross_tenant_replication=False,
            allow_shared_key_access=False,
            default_to_o_auth_authentication=True,
            enable_https_traffic_only=True,
            is_local_user_enabled=False,
            minimum_tls_version="TLS1_2",
            public_network_access="Enabled",  # for the subnet below alone
            network_rule_set={
                "bypass": "None",
                "default_action": storage.DefaultAction.DENY,
                "virtual_network_rules": [
                    {
                        "virtual_network_resource_id": args.network.subnet_id,
                        "action": storage.Action.ALLOW,
                    }
                ],
            },
            tags=self._labels,
            opts=self._child,
        )
        container = storage.BlobContainer(
            f"{name}-packages",
            container_name=PACKAGES,
            account_name=once(account, account_name),
            resource_group_name=args.group,
            public_access=storage.PublicAccess.NONE,
            opts=self._child,
        )
        whole = args.place.id("Microsoft.Storage", "storageAccounts", account_name)
        # The host makes containers of its own (locks, keys), so that a narrower role or scope is
        # none it starts with; that is why the account is this app's alone.
        owner = Grant(
            owner=f"{name}-storage",
            role="Storage Blob Data Owner",
            scope=once(container, whole),
            why="the Functions host keeps its package, locks and keys here (AzureWebJobsStorage)",
        )
        return once(container, account_name), [owner]

    def _insights(
        self, name: str, args: FunctionArgs
    ) -> tuple[applicationinsights.Component, Grant]:
        workspace = operationalinsights.Workspace(
            f"{name}-workspace",
            workspace_name=args.place.name("workspace", name),
            resource_group_name=args.group,
            location=args.place.location,
            sku={"name": "PerGB2018"},
            retention_in_days=args.log_retention_days,
            features={"disable_local_auth": True},
            tags=self._labels,
            opts=self._child,
        )
        insights_name = args.place.name("insights", name)
        insights = applicationinsights.Component(
            f"{name}-insights",
            resource_name_=insights_name,
            resource_group_name=args.group,
            location=args.place.location,
            application_type="web",
            kind="web",
            ingestion_mode="LogAnalytics",
            workspace_resource_id=workspace.id,
            disable_local_auth=True,
            tags=self._labels,
            opts=self._child,
        )
        log = Grant(
            owner=f"{name}-insights",
            role="Monitoring Metrics Publisher",
            scope=once(insights, args.place.id("Microsoft.Insights", "components", insights_name)),
            why="the Functions host writes the log lines here (Entra authentication)",
        )
        return insights, log


def _config(args: FunctionArgs, account: pulumi.Output[str]) -> web.FunctionAppConfigArgs:
    identity = web.FunctionsDeploymentStorageAuthenticationArgs(
        type=web.AuthenticationType.USER_ASSIGNED_IDENTITY,
        user_assigned_identity_resource_id=args.identity.id,
    )
    packages = web.FunctionsDeploymentStorageArgs(
        type=web.FunctionsDeploymentStorageType.BLOB_CONTAINER,
        value=pulumi.Output.concat("https://", account, f".blob.core.windows.net/{PACKAGES}"),
        authentication=identity,
    )
    scale = web.FunctionsScaleAndConcurrencyArgs(
        always_ready=always_ready(args.warm_instances),
        instance_memory_mb=args.memory_mib,
        maximum_instance_count=args.maximum_instances,
        triggers=web.FunctionsScaleAndConcurrencyTriggersArgs(
            http=web.FunctionsScaleAndConcurrencyTriggersHttpArgs(
                per_instance_concurrency=args.calls_at_once
            )
        ),
    )
    return web.FunctionAppConfigArgs(
        deployment=web.FunctionsDeploymentArgs(storage=packages),
        runtime=web.FunctionsRuntimeArgs(
            name=web.RuntimeName.PYTHON, version=args.place.target.python
        ),
        scale_and_concurrency=scale,
    )


def _settings(
    args: FunctionArgs,
    account: pulumi.Output[str],
    insights: applicationinsights.Component,
) -> dict[str, pulumi.Input[str]]:
    """Names, addresses and ids. The connection string is an address: keys are switched off."""
    client = args.identity.client_id
    return {
        **args.environment,
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": pulumi.Output.concat(
            "ClientId=", client, ";Authorization=AAD"
        ),
        "APPLICATIONINSIGHTS_CONNECTION_STRING": insights.connection_string,
        "AzureWebJobsStorage__accountName": account,
        "AzureWebJobsStorage__clientId": client,
        "AzureWebJobsStorage__credential": "managedidentity",
    }


def _package(owner: pulumi.Resource, args: FunctionArgs) -> packaging.Package:
    root = Path(args.place.root)
    package = packaging.build(
        args.code, args.place.target, root=root, cache=root / CACHE, layout=packaging.AZURE
    )
    if package.seconds is not None:
        pulumi.log.info(
            f"packaged {args.code.entry_point} for {args.place.target.describe()}: "
            f"{package.zipped_bytes / 2**20:.1f} MB in {package.seconds:.1f} s",
            resource=owner,
        )
    return package
