"""Called by the deployment once the site's files are up: the edge forgets exactly what changed.

What is named by its content and in no page any more is marked with the day, and goes a month later:
who has had a page open that long loads it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from lambdas.shared.aws.clients import client
from lambdas.shared.logging import Context, Log
from lambdas.shared.settings import load

KEPT_DAYS = 30
MARK = "retired"
PREFIX = "assets/"


@dataclass(frozen=True, kw_only=True)
class Settings:
    distribution_id: str
    site_bucket: str


settings = load(Settings)
cloudfront = client("cloudfront")
s3 = client("s3")


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """`{"live": {path: digest}, "kept": [key], "tf": {"action", "prev_input"}}`; what was done."""
    step = event.get("tf") or {}
    if step.get("action") == "delete":
        return {"invalidated": [], "deleted": []}
    paths = changed((step.get("prev_input") or {}).get("live"), event["live"])
    if paths:
        cloudfront.create_invalidation(
            DistributionId=settings.distribution_id,
            InvalidationBatch={
                # The same call again, after an answer that was lost, is the same invalidation.
                "CallerReference": context.aws_request_id,
                "Paths": {"Quantity": len(paths), "Items": paths},
            },
        )
    deleted = retire(set(event["kept"]), datetime.now(UTC).date())
    Log(context).info("site published", count=len(paths))
    return {"invalidated": paths, "deleted": deleted}


def changed(before: Mapping[str, str] | None, now: Mapping[str, str]) -> list[str]:
    """The paths the edge may hold otherwise than they are. Nothing, the first time: a distribution
    that was just made holds nothing. The page is also what `/` shows."""
    if before is None:
        return []
    return sorted(path for path in {*before, *now} if before.get(path) != now.get(path))


def retire(kept: set[str], today: date) -> list[str]:
    """Marks what is in no page any more, and deletes what has been so for a month."""
    deleted: list[str] = []
    for key in sorted(set(_stored()) - kept):
        since = _since(key)
        if since is None:
            tags = {"TagSet": [{"Key": MARK, "Value": today.isoformat()}]}
            s3.put_object_tagging(Bucket=settings.site_bucket, Key=key, Tagging=tags)
        elif since + timedelta(days=KEPT_DAYS) <= today:
            s3.delete_object(Bucket=settings.site_bucket, Key=key)
            deleted.append(key)
    return deleted


def _stored() -> Iterator[str]:
    asked = {"Bucket": settings.site_bucket, "Prefix": PREFIX}
    while True:
        found = s3.list_objects_v2(**asked)
        yield from (each["Key"] for each in found.get("Contents", []))
        if not found.get("IsTruncated"):
            return
        asked["ContinuationToken"] = found["NextContinuationToken"]


def _since(key: str) -> date | None:
    tags = s3.get_object_tagging(Bucket=settings.site_bucket, Key=key)["TagSet"]
    return next((date.fromisoformat(tag["Value"]) for tag in tags if tag["Key"] == MARK), None)
