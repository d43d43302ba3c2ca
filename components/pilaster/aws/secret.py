"""A secret's place, without its value.

The decision taken here for everybody: a value is never in a program, its settings or its state.
What is made is the place alone; whoever has the value stores it there by hand (`pilaster model
set-key`, or `aws secretsmanager put-secret-value`), and a function reads it when it needs it.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.iam import Grant
from pilaster.naming import Place, once
from pilaster.tagging import tags

RECOVERY_DAYS = 7
"""How long a deleted secret can be had back; AWS's shortest."""


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """What is kept there."""

    place: Place
    """Project, stack, account, region."""
    description: str | None = None
    """What the value is and who stores it, for people who look into the console."""
    protect: bool = True
    """Refuse to be deleted or replaced, and be recoverable for a week if it is."""


class Secret(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """What a function's environment names. Known at preview."""
    arn: pulumi.Output[str]
    """What a policy names. AWS adds six random characters to it."""

    def __init__(
        self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Secret", name, None, opts)
        self._logical_name = name
        secret_name = args.place.name("secret", name)
        secret = aws.secretsmanager.Secret(
            f"{name}-secret",
            name=secret_name,
            description=args.description,
            recovery_window_in_days=RECOVERY_DAYS if args.protect else 0,
            tags=tags(args.place, name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.name = once(secret, secret_name)
        self.arn = secret.arn
        self.register_outputs({"name": self.name, "arn": self.arn})

    def read_value(self) -> Grant:
        """Reading the value; for functions outside."""
        return Grant(
            owner=self._logical_name,
            actions=["secretsmanager:GetSecretValue"],
            resources=[self.arn],
            known=False,
        )
