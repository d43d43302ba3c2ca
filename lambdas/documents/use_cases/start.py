"""An object was created: which run that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lambdas.documents.model.admission import Job
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.keys import parse_upload_key
from lambdas.documents.model.outcome import Run


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


def arrived(notice: Notice, *, ours: str) -> Job | None:
    """The run an upload of ours is for, the same for every notice of it; None if not ours.

    S3 tells of one upload once or more, in any order. The run's name derives from the upload, so
    only the first notice starts anything.
    """
    upload = parse_upload_key(notice.key)
    # No upload is empty (`model/upload.py`): that is what is left where one was moved away.
    if upload is None or notice.bucket != ours or notice.size == 0:
        return None
    user, document = upload
    run = Run(
        document=document,
        user=user,
        bucket=notice.bucket,
        key=notice.key,
        version=as_version(notice.version),
    )
    said = event(run, EventType.DOCUMENT_UPLOADED, at=notice.at, size=notice.size)
    return Job(run=run, uploaded=said)


def as_version(text: str) -> str:
    """A version as part of a run's name: 43 characters at most, since the whole has 80 at most."""
    return re.sub(r"[^A-Za-z0-9_-]", "", text)[:43] or "only"
