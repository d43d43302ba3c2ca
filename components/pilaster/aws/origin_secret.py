"""What a distribution proves by that a request came through it: drawn once, typed by nobody.

The decision taken here for everybody: a function of ours draws it when the stack is made, so that
it stands in no program, setting, environment or log; in the state it is encrypted. Those who check
it know a digest. A new generation is drawn beside the one before, and both are good, so that no
request is refused while the distribution changes over.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import cast

import pulumi
import pulumi_aws as aws

from pilaster.aws.function import Function, FunctionArgs
from pilaster.naming import Place


@dataclass(frozen=True, kw_only=True)
class OriginSecretArgs:
    """Who draws it, and which one it is."""

    place: Place
    """Project, stack, account, region."""
    function: FunctionArgs
    """Answers `{"secret": "..."}`: at least 32 random bytes, other ones each time."""
    generation: int = 1
    """One more draws a new one; the one before stays good until the next."""

    def __post_init__(self) -> None:
        if self.generation < 1:
            raise ValueError(f"generation {self.generation} of a secret is none: 1 is the first")


class OriginSecret(pulumi.ComponentResource):
    """See the module's first lines."""

    value: pulumi.Output[str]
    """What the distribution sends: a Pulumi secret."""
    sha256: pulumi.Output[str]
    """What functions are told: the digests of those that are good, in hex, by commas. No secret."""

    def __init__(
        self, name: str, args: OriginSecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:OriginSecret", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self, additional_secret_outputs=["result"])
        function = Function(name, args.function, opts=pulumi.ResourceOptions(parent=self))
        good = [
            self._drawn(name, function, generation)
            for generation in range(max(1, args.generation - 1), args.generation + 1)
        ]
        self.value = good[-1]
        self.sha256 = pulumi.Output.unsecret(pulumi.Output.all(*good).apply(digests))
        self.register_outputs({"value": self.value, "sha256": self.sha256})

    def _drawn(self, name: str, function: Function, generation: int) -> pulumi.Output[str]:
        """The function is called once for each generation, and never again."""
        drawn = aws.lambda_.Invocation(
            f"{name}-{generation}",
            function_name=function.name,
            input=json.dumps({"generation": generation}),
            opts=self._child,
        )
        return drawn.result.apply(drawn_secret)


def drawn_secret(answer: str) -> str:
    """The secret in a function's answer. What else is in it is in no message."""
    said: object = json.loads(answer)
    secret = cast(dict[str, object], said).get("secret") if isinstance(said, dict) else None
    if not isinstance(secret, str) or not secret:
        raise ValueError(
            "the function that draws the origin's secret answered without one: let it answer "
            '{"secret": "..."}'
        )
    return secret


def digests(secrets: list[str]) -> str:
    """SHA-256 of each, in hex, by commas."""
    return ",".join(hashlib.sha256(each.encode()).hexdigest() for each in secrets)
