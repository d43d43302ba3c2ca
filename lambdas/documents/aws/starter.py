"""The queue of upload notices: each starts the run of its document, once.

The batch answers with the messages that failed, so that the others are not told of again; what
fails every time ends in the dead-letter queue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambdas.documents.aws.adapters.runs import StepFunctionsRuns
from lambdas.documents.use_cases.start import Notice, start
from lambdas.shared.logging import Context, Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    state_machine_arn: str
    documents_bucket: str
    event_bus: str


settings = load(Settings)
runs = StepFunctionsRuns(settings.state_machine_arn, settings.event_bus)


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    log = Log(context)
    failed: list[str] = []
    for message in event["Records"]:
        try:
            _start(message["body"], log)
        except Exception as error:  # noqa: BLE001 - one message must not take the others along
            log.failure("upload notice failed", error)
            failed.append(message["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def _start(body: str, log: Log) -> None:
    notice = upload_of(json.loads(body))
    run = start(notice, ours=settings.documents_bucket, runs=runs)
    if run is None:
        log.info("notice is not of an upload of ours")
    else:
        log.info("run started", document=run.document, version=run.version)


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
