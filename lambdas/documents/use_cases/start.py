"""An object was created: start the run of its document."""

from __future__ import annotations

import re

from lambdas.documents.model.keys import parse_upload_key
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.runs import Runs


def start(bucket: str, key: str, version: str, *, ours: str, runs: Runs) -> Run | None:
    """The run, also where an earlier notice of the same upload has started it; None if not ours.

    S3 tells of one upload once or more, in any order. The run's name derives from the upload, so
    only the first notice starts anything.
    """
    upload = parse_upload_key(key)
    if upload is None or bucket != ours:
        return None
    user, document = upload
    run = Run(document=document, user=user, bucket=bucket, key=key, version=as_version(version))
    runs.start(run)
    return run


def as_version(text: str) -> str:
    """A version as part of a run's name: 43 characters at most, since the whole has 80 at most."""
    return re.sub(r"[^A-Za-z0-9_-]", "", text)[:43] or "only"
