"""Step one of the workflow: what kind of document came, or why it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.errors import ObjectTooLargeError
from lambdas.documents.model.event import Event, EventType, event
from lambdas.documents.model.outcome import Run
from lambdas.documents.reading.kinds import Kind, UnreadableError
from lambdas.documents.use_cases.classify import classify
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    documents_bucket: str
    upload_limit_mib: int


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    limit = settings.upload_limit_mib
    try:
        kind, content = classify(run, limit=limit * 2**20, objects=objects)
    except UnreadableError as error:
        return _refused(run, error.reason)
    except ObjectTooLargeError:
        return _refused(run, f"The file is larger than {limit} MiB.")
    return {"kind": kind.value, "content": content, "events": [_classified(run, kind)]}


def _refused(run: Run, reason: str) -> dict[str, Any]:
    return {"refused": reason, "events": [_classified(run, None)]}


def _classified(run: Run, kind: Kind | None) -> Event:
    return event(
        run,
        EventType.DOCUMENT_CLASSIFIED,
        at=datetime.now(UTC),
        kind=kind.value if kind else None,
        refused=kind is None,
    )
