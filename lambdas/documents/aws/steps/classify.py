"""Step one of the workflow: what kind of document came, or why it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.adapters.known import KnownSettings, open_known
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.readings import ReadingFiles
from lambdas.documents.aws.told import was_read
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.errors import ObjectTooLargeError
from lambdas.documents.model.event import Event, EventType, event
from lambdas.documents.model.outcome import Run
from lambdas.documents.reading.kinds import Kind, UnreadableError
from lambdas.documents.use_cases.classify import classify
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings(KnownSettings):
    documents_bucket: str
    upload_limit_mib: int


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)
readings = ReadingFiles(objects)
known = open_known(settings)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    limit = settings.upload_limit_mib
    try:
        kind, content = classify(run, limit=limit * 2**20, objects=objects)
    except UnreadableError as error:
        return _refused(run, error.reason)
    except ObjectTooLargeError:
        return _refused(run, f"The file is larger than {limit} MiB.")
    events = [_classified(run, kind)]
    gained = {"kind": kind.value, "content": content, "events": events}
    reading = known.find(content)
    if reading is None:
        return gained
    # The same bytes were read before, by the same reader: the workflow goes on from there.
    key = readings.keep(run, reading)
    events.append(was_read(run, reading, cached=True))
    return {**gained, "reading": key, "route": [reading.route], "cached": True}


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
