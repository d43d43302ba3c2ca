"""A Cloud Function (2nd generation) that runs as an account of its own.

The decision taken here for everybody: nobody may call it but who is granted `invoke`; it is inside
(it reaches the database and nothing else, docs/adr) or outside; a secret is a file that Google
mounts, never a variable. Names and permissions are known at preview.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
from pulumi_gcp import cloudfunctionsv2, storage

from pilaster.gcp import warm
from pilaster.gcp.iam import Grant
from pilaster.gcp.identity import IdentityRef
from pilaster.gcp.naming import Place, labels
from pilaster.gcp.network import TAG, NetworkRef
from pilaster.gcp.sources import SourcesRef
from pilaster.naming import once
from pilaster.packaging import Code, google

CACHE = ".pilaster/packages"
LONGEST_SECONDS = 3600
SECRETS = "/secrets"
"""Where secrets are mounted, each as `/secrets/<name>/value`."""
_SECRET_IN_NAME = re.compile(
    r"PASSWORD|PASSWD|SECRET(?!S?_(FILE|PATH|NAME))|TOKEN$|API_?KEY|PRIVATE_KEY"
)


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """What a function runs, where, and as whom."""

    place: Place
    """Project, stack, Google's project, region."""
    code: Code
    """Entry point and dependency set, which are packed into a source archive."""
    sources: SourcesRef
    """Where it is built from, and by whom."""
    identity: IdentityRef
    """As whom it runs: what that account may do is all it may do."""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, str])
    """Exactly the variables the handler reads. Never a secret: they are shown in the console."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, str])
    """Secrets by what the handler calls them: their newest version is the file
    `/secrets/<name>/value`."""
    network: NetworkRef | None = None
    """The network's `inside`, which puts the function there; none leaves it outside."""
    memory_mib: int = 512
    """Memory."""
    cpus: int = 1
    """Whole CPUs: with less than one Google hands an instance one request at a time."""
    timeout_seconds: int = 10
    """After which a request is given up."""
    at_once: int = 4
    """Requests an instance takes at once, each on a thread of its own."""
    max_instances: int = 4
    """Instances at the most; more requests than they take get 429."""
    warm_instances: int = 0
    """Instances that are always there, so that nobody waits for a start."""
    description: str | None = None
    """For people who look into the console."""

    def __post_init__(self) -> None:
        entry = self.code.entry_point
        for what, value, least, most in (
            ("timeout_seconds", self.timeout_seconds, 1, LONGEST_SECONDS),
            ("memory_mib", self.memory_mib, 128, 32_768),
            ("cpus", self.cpus, 1, 8),
            ("at_once", self.at_once, 1, 1000),
            ("max_instances", self.max_instances, 1, 1000),
        ):
            if not least <= value <= most:
                raise ValueError(f"{what} {value} of {entry!r} is not within {least} and {most}")
        warm.min_instances(self.warm_instances, most=self.max_instances)
        for variable in self.environment:
            if _SECRET_IN_NAME.search(variable):
                raise ValueError(
                    f"variable {variable!r} of {entry!r} says that it is a secret, and everybody "
                    "who may look at the function sees it: name a Secret in `secrets`"
                )


class Function(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """The function's physical name. Known at preview."""
    principal: pulumi.Output[str]
    """As whom it runs. Known at preview."""
    url: pulumi.Output[str]
    """Where it is called, by who may; Google draws it."""

    def __init__(
        self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:gcp:Function", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        place = args.place
        self._logical_name = name
        function_name = place.name("function", name)
        packed = _packed(self, args)
        archive_name = f"{function_name}-{packed.key[:16]}.zip"
        archive = storage.BucketObject(
            f"{name}-source",
            bucket=args.sources.bucket,
            name=archive_name,
            source=pulumi.FileAsset(str(packed.path)),
            content_type="application/zip",
            opts=child,
        )
        function = cloudfunctionsv2.Function(
            f"{name}-function",
            project=place.cloud_project,
            location=place.region,
            name=function_name,
            description=args.description,
            build_config=cloudfunctionsv2.FunctionBuildConfigArgs(
                runtime=f"python{place.python.replace('.', '')}",
                entry_point=google.ENTRY_POINT,
                source=cloudfunctionsv2.FunctionBuildConfigSourceArgs(
                    storage_source=cloudfunctionsv2.FunctionBuildConfigSourceStorageSourceArgs(
                        bucket=args.sources.bucket, object=once(archive, archive_name)
                    )
                ),
                docker_repository=args.sources.repository,
                service_account=args.sources.builder,
                automatic_update_policy=cloudfunctionsv2.FunctionBuildConfigAutomaticUpdatePolicyArgs(),
            ),
            service_config=_service(args),
            labels=labels(place, name),
            opts=child,
        )
        self.name = once(function, function_name)
        self.principal = pulumi.Output.from_input(args.identity.email)
        self.url = function.url
        self.register_outputs({"name": self.name, "principal": self.principal, "url": self.url})

    def invoke(self) -> Grant:
        """Calling it: a function of the 2nd generation is a service of Cloud Run."""
        return Grant(
            owner=self._logical_name,
            role="roles/run.invoker",
            kind="service",
            resource=self.name,
            why="calls the function",
        )


def _packed(owner: pulumi.Resource, args: FunctionArgs) -> google.Source:
    root = Path(args.place.root)
    packed = google.source(args.code, args.place.python, root=root, cache=root / CACHE)
    if packed.seconds is not None:
        pulumi.log.info(
            f"packed {args.code.entry_point} for Cloud Functions: "
            f"{packed.zipped_bytes / 1024:.0f} KB in {packed.seconds:.1f} s",
            resource=owner,
        )
    return packed


def _service(args: FunctionArgs) -> cloudfunctionsv2.FunctionServiceConfigArgs:
    return cloudfunctionsv2.FunctionServiceConfigArgs(
        service_account_email=args.identity.email,
        available_memory=f"{args.memory_mib}Mi",
        available_cpu=str(args.cpus),
        timeout_seconds=args.timeout_seconds,
        max_instance_request_concurrency=args.at_once,
        max_instance_count=args.max_instances,
        min_instance_count=warm.min_instances(args.warm_instances, most=args.max_instances),
        all_traffic_on_latest_revision=True,
        # API Gateway comes from outside, with a token of its own; who has none gets 403 from
        # Google, before the function.
        ingress_settings="ALLOW_ALL",
        # THREADS is functions-framework's own: as many as requests come.
        environment_variables={**args.environment, "THREADS": str(args.at_once)},
        secret_volumes=_volumes(args.place, args.secrets),
        direct_vpc_network_interfaces=_interfaces(args.network),
        # All of it: what is not let through there goes nowhere.
        direct_vpc_egress="VPC_EGRESS_ALL_TRAFFIC" if args.network else None,
    )


def _interfaces(
    network: NetworkRef | None,
) -> list[cloudfunctionsv2.FunctionServiceConfigDirectVpcNetworkInterfaceArgs] | None:
    if network is None:
        return None
    return [
        cloudfunctionsv2.FunctionServiceConfigDirectVpcNetworkInterfaceArgs(
            network=network.network, subnetwork=network.subnet, tags=[TAG]
        )
    ]


def _volumes(
    place: Place, secrets: Mapping[str, pulumi.Input[str]]
) -> list[cloudfunctionsv2.FunctionServiceConfigSecretVolumeArgs] | None:
    return [
        cloudfunctionsv2.FunctionServiceConfigSecretVolumeArgs(
            mount_path=f"{SECRETS}/{called}",
            project_id=place.cloud_project,
            secret=secret,
            versions=[
                cloudfunctionsv2.FunctionServiceConfigSecretVolumeVersionArgs(
                    version="latest", path="value"
                )
            ],
        )
        for called, secret in sorted(secrets.items())
    ] or None
