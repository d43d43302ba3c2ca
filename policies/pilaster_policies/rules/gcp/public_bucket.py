"""A bucket is private, and no list on a single object makes an exception."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.values import is_unknown


@rule(
    "gcp-public-bucket",
    on="gcp:storage/bucket:Bucket",
    why="A bucket is private; what the public may read is served by something that says so.",
)
def bucket(resource: Resource) -> Iterator[Finding]:
    prevention = resource.get("publicAccessPrevention")
    if not is_unknown(prevention) and prevention != "enforced":
        yield Violation(
            "publicAccessPrevention is not enforced: one binding makes it public",
            "set it to enforced",
        )
    uniform = resource.get("uniformBucketLevelAccess")
    if not is_unknown(uniform) and str(uniform).lower() != "true":
        yield Violation(
            "uniformBucketLevelAccess is not true: a list on one object may say otherwise than the "
            "bucket's bindings",
            "set it to true",
        )
