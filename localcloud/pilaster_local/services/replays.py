"""A stretch of what was said on a bus, said again from its archive."""

from __future__ import annotations

import time
import uuid
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from pilaster_local.services.clients import client
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.platform import Platform

ENDED = {"COMPLETED", "CANCELLED", "FAILED"}
_PAUSE_SECONDS = 0.2


def replay(
    platform: Platform,
    archive_arn: str,
    *,
    since: datetime,
    until: datetime,
    region: str,
    patience_seconds: float = 300,
) -> str:
    """Says it all again and waits until it is said; the replay's name.

    Raises PlatformError where there is no such archive, the replay fails, or takes too long.
    """
    events = client(platform, "events", region=region)
    name = f"again-{uuid.uuid4().hex[:12]}"
    try:
        bus = events.describe_archive(ArchiveName=archive_arn.rpartition("/")[2])["EventSourceArn"]
        events.start_replay(
            ReplayName=name,
            EventSourceArn=archive_arn,
            EventStartTime=since,
            EventEndTime=until,
            Destination={"Arn": bus},
        )
        deadline = time.monotonic() + patience_seconds
        while (now := events.describe_replay(ReplayName=name))["State"] not in ENDED:
            if time.monotonic() > deadline:
                raise PlatformError(
                    f"replay {name!r} is {now['State']} after {patience_seconds:.0f} s"
                )
            time.sleep(_PAUSE_SECONDS)
    except (ClientError, BotoCoreError) as error:
        raise PlatformError(f"events could not be said again: {error}") from error
    if now["State"] != "COMPLETED":
        why = now.get("StateReason", "no reason given")
        raise PlatformError(f"replay {name!r} is {now['State']}: {why}")
    return name
