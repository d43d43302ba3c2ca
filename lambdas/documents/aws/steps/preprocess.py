"""Step two of the workflow, for pages that are pictures: made straight, evenly lit and clean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.sheets import SheetFiles
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.outcome import Run
from lambdas.documents.reading.kinds import Kind, UnreadableError
from lambdas.documents.use_cases.preprocess import preprocess
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    documents_bucket: str
    upload_limit_mib: int


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)
sheets = SheetFiles(objects)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    try:
        done = preprocess(
            run,
            Kind(state["kind"]),
            limit=settings.upload_limit_mib * 2**20,
            objects=objects,
            sheets=sheets,
        )
    except UnreadableError as error:  # whole by its headers, and damaged further in
        return {"refused": error.reason}
    said = event(
        run,
        EventType.DOCUMENT_PREPROCESSED,
        at=datetime.now(UTC),
        pages=done.pages,
        changed=done.changed,
    )
    return {"pages": done.key, "events": [said]}
