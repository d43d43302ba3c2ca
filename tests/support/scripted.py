"""A function of the documents' flow that does what its run's state says: `script`.

Put into a deployed function's archive in the place of its handler (tests/support/walks.py). What
reads and judges finds what the script says; `save` and the review's steps are the real ones. Either
fails first where the script names it: so that a run can be led through every path.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.session import get_session

from lambdas.documents.aws import workflow
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.timetable import Block, Timetable
from tests.support.scripted_names import COUNTS, REAL

STEP = os.environ["AWS_LAMBDA_FUNCTION_NAME"].rpartition("pipeline-")[2]
WEEK = Timetable(
    title="Class 1", blocks=(Block(day="monday", start="08:00", end="08:45", title="Maths"),)
)


def handler(call: Mapping[str, Any], context: Any) -> Any:
    state = call.get("state", call)
    error = _failing(state)
    if error is not None:
        # Lambda calls an error by its class.
        raise type(error, (Exception,), {})("as the script says")
    return WORK(call, context)


def _failing(state: Mapping[str, Any]) -> str | None:
    """The error of this attempt, if it is to fail. `from` and `to` count from one."""
    for each in state["script"]["failing"]:
        if each["function"] == STEP:
            attempt = _attempt(f"{state['document']}/{STEP}")
            return each["error"] if each["from"] <= attempt <= each["to"] else None
    return None


def _attempt(key: str) -> int:
    written = DYNAMODB.update_item(
        TableName=COUNTS,
        Key={"key": {"S": key}},
        UpdateExpression="ADD attempts :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return int(written["Attributes"]["attempts"]["N"])


def classify(run: Run, way: Mapping[str, Any]) -> dict[str, Any]:
    refused = way.get("refused", False)
    said = event(run, EventType.DOCUMENT_CLASSIFIED, at=datetime.now(UTC), refused=refused)
    if refused:
        return {"refused": "The file is empty.", "events": [said]}
    found = {"reading": "work/x", "route": ["ocr"]} if way.get("cached") else {}
    return {"kind": way["kind"], "content": "ab" * 32, "events": [said], **found}


def preprocess(run: Run, way: Mapping[str, Any]) -> dict[str, Any]:
    said = event(run, EventType.DOCUMENT_PREPROCESSED, at=datetime.now(UTC), pages=1)
    return {"pages": "preprocessed/x", "events": [said]}


def read(run: Run, way: Mapping[str, Any]) -> dict[str, Any]:
    at = datetime.now(UTC)
    said = event(run, EventType.OCR_COMPLETED, at=at, route="ocr", confidence=99)
    return {"reading": "work/x", "route": ["ocr"], "events": [said]}


def interpret(run: Run, way: Mapping[str, Any]) -> dict[str, Any]:
    # Of the functions' archives, that of `close-review` has none of these.
    from lambdas.documents.aws.adapters.judgements import JudgementFiles
    from lambdas.documents.aws.adapters.objects import S3Objects
    from lambdas.documents.model.judgement import Judgement, Verdict

    verdict = Verdict(way["verdict"])
    whole = verdict is Verdict.COMPLETE
    judgement = Judgement(
        verdict=verdict,
        confidence=99.0 if whole else 85.0,
        timetable=WEEK if whole else None,
        reason=None if whole else "It is not sure.",
        proposal=WEEK if verdict is Verdict.PERSON else None,
    )
    key = JudgementFiles(S3Objects(os.environ["DOCUMENTS_BUCKET"])).keep(run, judgement)
    return {"timetable": key, "verdict": verdict.value, "confidence": judgement.confidence}


def _work() -> Any:
    """What is done where nothing fails."""
    if STEP in REAL:
        steps = "lambdas.documents.aws.steps"
        return importlib.import_module(f"{steps}.{STEP.replace('-', '_')}").handler
    found = globals()[STEP]
    return workflow.step(lambda state, run: found(run, state["script"]["way"]))


DYNAMODB = get_session().create_client("dynamodb", region_name=os.environ["AWS_REGION"])
WORK = _work()
