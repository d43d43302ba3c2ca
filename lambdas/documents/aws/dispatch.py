"""The queue of free places: runs that ended or wait for a person, and every minute's own message.

Whatever it is called with, it starts who is next while there is room.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.documents.aws.adapters.admission import DynamoAdmission
from lambdas.documents.aws.adapters.runs import StepFunctionsRuns
from lambdas.documents.model.event import SOURCE
from lambdas.documents.use_cases.admit import admit, free, reconcile
from lambdas.shared.logging import Context, Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    state_machine_arn: str
    event_bus: str
    admission_table: str
    at_once: int


settings = load(Settings)
runs = StepFunctionsRuns(settings.state_machine_arn, settings.event_bus)
admission = DynamoAdmission(settings.admission_table)


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """An error of the store or the workflow fails the whole batch: it is delivered again."""
    log = Log(context)
    failed: list[str] = []
    said: list[str | None] = []
    for message in event["Records"]:
        try:
            said.append(run_of(json.loads(message["body"])))
        except (KeyError, TypeError, ValueError) as error:
            log.failure("word of a free place not understood", error)
            failed.append(message["messageId"])
    if names := {name for name in said if name is not None}:
        free(names, admission=admission)
    if None in said:
        gone = reconcile(admission=admission, runs=runs)
        if gone:
            log.warning("places freed that nobody gave back", count=len(gone))
    started = admit(at_once=settings.at_once, admission=admission, runs=runs)
    for job in started:
        log.info("run started", document=job.run.document, version=job.run.version)
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def run_of(notice: Mapping[str, Any]) -> str | None:
    """The run that needs its place no more; None for the clock's message."""
    match notice["source"]:
        case "aws.states":
            return notice["detail"]["name"]
        case "aws.events":
            return None
        case _ if notice["source"] == SOURCE:
            return f"{notice['detail']['document']}-{notice['detail']['version']}"
        case _:
            raise ValueError("nobody we listen to")
