"""The queue of upload notices: each document's run waits for its turn, once, and starts as soon as
there is room.

The batch answers with the messages that failed, so that the others are not told of again; what
fails every time ends in the dead-letter queue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.documents.aws.adapters.admission import DynamoAdmission
from lambdas.documents.aws.adapters.runs import StepFunctionsRuns
from lambdas.documents.use_cases.admit import admit, enter
from lambdas.documents.use_cases.start import Notice, arrived
from lambdas.shared.logging import Context, Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    state_machine_arn: str
    documents_bucket: str
    event_bus: str
    admission_table: str
    at_once: int


settings = load(Settings)
runs = StepFunctionsRuns(settings.state_machine_arn, settings.event_bus)
admission = DynamoAdmission(settings.admission_table)


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """What fails after all of them are in line fails the batch: told again, nobody enters twice."""
    log = Log(context)
    failed: list[str] = []
    for message in event["Records"]:
        try:
            _enter(message["body"], log)
        except Exception as error:  # noqa: BLE001 - one message must not take the others along
            log.failure("upload notice failed", error)
            failed.append(message["messageId"])
    for job in admit(at_once=settings.at_once, admission=admission, runs=runs):
        log.info("run started", document=job.run.document, version=job.run.version)
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def _enter(body: str, log: Log) -> None:
    job = arrived(upload_of(json.loads(body)), ours=settings.documents_bucket)
    if job is None:
        log.info("notice is not of an upload of ours")
    elif enter(job, admission=admission):
        log.info("run waits", document=job.run.document, version=job.run.version)


def upload_of(notice: Mapping[str, Any]) -> Notice:
    """What we read of an `Object Created` event; see events/notices/object.created.json.

    An unversioned bucket has no version id. There the sequencer tells one upload to a key from the
    next, where the entity tag cannot: the same bytes sent again have the same tag.
    """
    detail = notice["detail"]
    thing = detail["object"]
    version = thing.get("version-id", "")
    if version in ("", "null"):
        version = "-".join(part for part in (thing.get("sequencer"), thing.get("etag")) if part)
    return Notice(
        bucket=detail["bucket"]["name"],
        key=thing["key"],
        version=version,
        at=datetime.fromisoformat(notice["time"]),
        size=thing.get("size"),
    )
