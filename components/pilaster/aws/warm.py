"""Instances that are always there, so that nobody waits for a start.

On AWS they belong to an alias of a published version: provisioned concurrency. The alias moves to
the new version with each deployment, once that version's instances are ready.
"""

import pulumi
import pulumi_aws as aws

ALIAS = "live"
MOST = 1000
"""What one account may have at once, unless AWS raised it."""


def check(instances: int, *, reserved: int | None, function: str) -> None:
    """Refuses what Lambda would."""
    most = MOST if reserved is None else min(MOST, reserved)
    if not 0 <= instances <= most:
        raise ValueError(
            f"warm_instances {instances} of {function!r} is not within 0 and {most}, the calls it "
            "may have at a time: lower it, or raise reserved_concurrency"
        )


def keep(
    name: str, function: aws.lambda_.Function, instances: int, opts: pulumi.ResourceOptions
) -> aws.lambda_.Alias:
    """The alias callers name, and `instances` behind it that wait day and night, and cost."""
    alias = aws.lambda_.Alias(
        f"{name}-{ALIAS}",
        name=ALIAS,
        function_name=function.name,
        function_version=function.version,
        opts=opts,
    )
    aws.lambda_.ProvisionedConcurrencyConfig(
        f"{name}-warm",
        function_name=function.name,
        qualifier=alias.name,
        provisioned_concurrent_executions=instances,
        opts=opts,
    )
    return alias
