"""Instances that are always there, so that nobody waits for a start.

On Google Cloud they are a setting of the function and no resource: this is the setting.
"""

MOST = 100


def min_instances(instances: int, *, most: int) -> int:
    """`instances` that wait for requests day and night, and cost while they wait."""
    if not 0 <= instances <= min(most, MOST):
        raise ValueError(
            f"warm_instances {instances} is not within 0 and {min(most, MOST)}, the most there may "
            "be of this function: lower it or raise max_instances"
        )
    return instances
