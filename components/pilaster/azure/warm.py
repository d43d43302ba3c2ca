"""Instances that are always there, so that nobody waits for a start.

On Azure they are a setting of the function app and no resource: this is the setting.
"""

from pulumi_azure_native import web

HTTP = "http"
"""The group of functions that answer requests, which Flex Consumption scales together."""
MOST = 20


def always_ready(instances: int) -> list[web.FunctionsAlwaysReadyConfigArgs]:
    """`instances` that wait for requests day and night, and cost while they wait."""
    if not 0 <= instances <= MOST:
        raise ValueError(
            f"warm_instances {instances} is not within 0 and {MOST}, which Azure keeps ready"
        )
    if not instances:
        return []
    return [web.FunctionsAlwaysReadyConfigArgs(name=HTTP, instance_count=instances)]
