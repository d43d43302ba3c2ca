"""An object was created: start the run of its document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.keys import parse_upload_key
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.runs import Runs


@dataclass(frozen=True, kw_only=True)
class Notice:
    """An object came into a bucket."""

    bucket: str
    key: str
    version: str
    """What tells this upload to the key from the next."""
    at: datetime
    size: int | None = None
    """In bytes, where it was said."""


def start(notice: Notice, *, ours: str, runs: Runs) -> Run | None:
    """The run, also where an earlier notice of the same upload has started it; None if not ours.

    S3 tells of one upload once or more, in any order. The run's name derives from the upload, so
    only the first notice starts anything.
    """
    upload = parse_upload_key(notice.key)
    if upload is None or notice.bucket != ours:
        return None
    user, document = upload
    run = Run(
        document=document,
        user=user,
        bucket=notice.bucket,
        key=notice.key,
        version=as_version(notice.version),
    )
    runs.start(run, event(run, EventType.DOCUMENT_UPLOADED, at=notice.at, size=notice.size))
    return run


def as_version(text: str) -> str:
    """A version as part of a run's name: 43 characters at most, since the whole has 80 at most."""
    return re.sub(r"[^A-Za-z0-9_-]", "", text)[:43] or "only"
