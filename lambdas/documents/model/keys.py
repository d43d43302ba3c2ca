"""Where things lie in the object store. Every part of a key is ours: ids and an extension."""

from __future__ import annotations

import re

from lambdas.documents.model.identity import UUID, DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.upload import EXTENSIONS

UPLOADS = "uploads/"
WORK = "work/"
PREPROCESSED = "preprocessed/"

_UPLOAD = re.compile(rf"{UPLOADS}({UUID})/({UUID})\.(?:{'|'.join(EXTENSIONS.values())})")


def upload_key(user: UserId, document: DocumentId, content_type: str) -> str:
    return f"{UPLOADS}{user}/{document}.{EXTENSIONS[content_type]}"


def parse_upload_key(key: str) -> tuple[UserId, DocumentId] | None:
    """Whose upload lies there; None for a key that `upload_key` does not make."""
    match = _UPLOAD.fullmatch(key)
    return (UserId(match[1]), DocumentId(match[2])) if match else None


def work_prefix(document: DocumentId) -> str:
    return f"{WORK}{document}/"


def preprocessed_prefix(document: DocumentId) -> str:
    return f"{PREPROCESSED}{document}/"


def sheets_key(run: Run) -> str:
    """The list of a run's prepared pages."""
    return f"{preprocessed_prefix(run.document)}{run.version}/pages.json"


def sheet_key(run: Run, number: int) -> str:
    """One prepared page; `number` is from 1."""
    return f"{preprocessed_prefix(run.document)}{run.version}/page-{number}.png"


def reading_key(run: Run) -> str:
    return f"{work_prefix(run.document)}{run.version}/reading.json"


def judgement_key(run: Run) -> str:
    return f"{work_prefix(run.document)}{run.version}/timetable.json"
