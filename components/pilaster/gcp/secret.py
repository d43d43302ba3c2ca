"""A secret's place, without its value.

The decision taken here for everybody: a value is never in a program, its settings or its state.
What is made is the place alone, in the stack's region; whoever has the value stores it there by
hand (`gcloud secrets versions add`), and a function has it mounted as a file.
"""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import secretmanager

from pilaster.gcp.iam import Grant
from pilaster.gcp.naming import Place, labels
from pilaster.naming import once

RECOVERY_SECONDS = 7 * 86_400
"""How long a destroyed version can be had back."""


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """What is kept there."""

    place: Place
    """Project, stack, Google's project, region."""
    description: str | None = None
    """What the value is and who stores it, for people who look into the console."""
    protect: bool = True
    """Refuse to be deleted or replaced, and keep what is destroyed for a week."""


class Secret(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """What a function's volume names. Known at preview."""

    def __init__(
        self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:gcp:Secret", name, None, opts)
        self._logical_name = name
        secret_name = args.place.name("secret", name)
        secret = secretmanager.Secret(
            f"{name}-secret",
            project=args.place.cloud_project,
            secret_id=secret_name,
            replication={"user_managed": {"replicas": [{"location": args.place.region}]}},
            annotations={"description": args.description} if args.description else None,
            version_destroy_ttl=f"{RECOVERY_SECONDS}s" if args.protect else None,
            deletion_protection=args.protect,
            labels=labels(args.place, name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.name = once(secret, secret_name)
        self.register_outputs({"name": self.name})

    def read_value(self) -> Grant:
        """Reading the value."""
        return Grant(
            owner=self._logical_name,
            role="roles/secretmanager.secretAccessor",
            kind="secret",
            resource=self.name,
            why="the function has this secret mounted",
        )
