"""Records in S3: a file per event, by day, which a query reads as a table's rows.

The key derives from the event's id, and what is there is never written again: a replay of years
adds nothing.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.aws.entries import detail
from lambdas.documents.model.errors import StorageUnavailableError
from lambdas.documents.model.event import Event
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes

FOLDER = "events/"


class S3Records:
    def __init__(self, bucket: str, s3: Any = None) -> None:
        self._bucket = bucket
        self._s3 = s3 or client("s3")

    def keep(self, event: Event) -> bool:
        row = {"type": event.type.value, **detail(event)}
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=key_of(event),
                Body=json.dumps(row, separators=(",", ":")).encode() + b"\n",
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except AWS_ERRORS as error:
            # 409 is another writer of the same row, in this moment.
            if isinstance(error, ClientError) and code_of(error) in (
                "PreconditionFailed",
                "ConditionalRequestConflict",
            ):
                return False
            if passes(error):
                raise StorageUnavailableError("S3 does not answer: could not record") from error
            raise
        return True


def key_of(event: Event) -> str:
    """The day is that of the event in UTC, not that on which it was heard."""
    day = detail(event)["at"][:10]
    return f"{FOLDER}day={day}/{event.id}.json"
