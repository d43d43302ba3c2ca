"""A step of the workflow: a model is asked for what the reader was not sure of.

Outside: it talks to the model's service, and never to the database.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.adapters.judgements import JudgementFiles
from lambdas.documents.aws.adapters.model_books import DynamoAnswers, DynamoBreaker, DynamoLedger
from lambdas.documents.aws.adapters.model_service import MessagesModel, NoKey, SecretKey
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.pictures import StoredPictures
from lambdas.documents.aws.adapters.readings import ReadingFiles
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.outcome import Run
from lambdas.documents.use_cases.extract import Desk, Extraction, extract
from lambdas.shared.aws.clients import client
from lambdas.shared.settings import load

STUB = "http://model.stub"
"""The stub on this machine: it asks for no key, and there is none to send it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    documents_bucket: str
    upload_limit_mib: int
    model_table: str
    model_url: str
    model_name: str
    model_key_secret_arn: str
    """Where the key is kept; not the key."""
    model_seconds: int
    """How long a model is waited for, retries included."""
    document_budget_micro_dollars: int
    day_budget_micro_dollars: int


def now() -> int:
    return int(time.time())


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)
table, dynamodb = settings.model_table, client("dynamodb")
key = (
    NoKey()
    if settings.model_url == STUB
    else SecretKey(settings.model_key_secret_arn, client("secretsmanager"))
)
desk = Desk(
    readings=ReadingFiles(objects),
    judgements=JudgementFiles(objects),
    pictures=StoredPictures(objects, limit=settings.upload_limit_mib * 2**20),
    model=MessagesModel(
        settings.model_url, settings.model_name, key, proxy=os.environ.get("EGRESS_PROXY")
    ),
    ledger=DynamoLedger(
        table,
        dynamodb,
        now,
        document_budget=settings.document_budget_micro_dollars,
        day_budget=settings.day_budget_micro_dollars,
    ),
    breaker=DynamoBreaker(table, dynamodb, now, model=settings.model_name),
    answers=DynamoAnswers(table, dynamodb, now),
)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    found = extract(
        run,
        kind=state["kind"],
        content=state.get("content"),
        prepared=state.get("pages"),
        now=now(),
        seconds=settings.model_seconds,
        desk=desk,
    )
    gained: dict[str, Any] = {
        "timetable": found.key,
        "verdict": found.judgement.verdict.value,
        "cached": found.cached,
    }
    if found.asked:
        gained["route"] = [*state.get("route", ()), "llm"]
        gained["events"] = [_completed(run, found)]
    return gained


def _completed(run: Run, found: Extraction) -> Any:
    return event(
        run,
        EventType.LLM_COMPLETED,
        at=datetime.now(UTC),
        accepted=found.accepted,
        model=settings.model_name,
        input_tokens=found.input_tokens,
        output_tokens=found.output_tokens,
        micro_dollars=found.micro_dollars,
        cached=found.cached,
    )
