"""Migrations of a database, run as part of a deployment and before the code that needs them.

The decision taken here for everybody: a function of ours migrates, from outside, through the Data
API. It runs when the migrations' digest changes and may be run again at any time.
"""

import json
from dataclasses import dataclass
from typing import TypeVar

import pulumi
import pulumi_aws as aws

from pilaster.aws.function import Function, FunctionArgs
from pilaster.naming import Place

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class MigrationsArgs:
    """What migrates, and what it is to bring about."""

    place: Place
    """Project, stack, account, region."""
    function: FunctionArgs
    """The function that migrates."""
    digest: str
    """A hash over the migrations: they are run when it changes."""

    def __post_init__(self) -> None:
        if self.function.network is not None:
            raise ValueError(
                "migrations run outside, through the Data API: leave `network` out of their "
                "function"
            )


class Migrations(pulumi.ComponentResource):
    """See the module's first lines."""

    result: pulumi.Output[str]
    """What the function answered, as JSON."""

    def __init__(
        self, name: str, args: MigrationsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Migrations", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        function = Function(name, args.function, opts=child)
        self._run = aws.lambda_.Invocation(
            f"{name}-run",
            function_name=function.name,
            input=json.dumps({"digest": args.digest}),
            triggers={"digest": args.digest},
            opts=child,
        )

        self.result = self._run.result
        self.register_outputs({"result": self.result})

    def after(self, value: pulumi.Input[T]) -> pulumi.Output[T]:
        """The value, once the migrations have run: whoever takes it is deployed after them."""
        return pulumi.Output.all(value, self._run.urn).apply(lambda both: both[0])
