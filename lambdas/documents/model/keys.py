"""Where things lie in the object store. Every part of a key is ours: ids and an extension."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lambdas.documents.model.identity import UUID, DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.upload import EXTENSIONS

UPLOADS = "uploads/"
WORK = "work/"
ARCHIVE = "archive/"
PREPROCESSED = "preprocessed/"

_UPLOAD = re.compile(rf"{UPLOADS}({UUID})/({UUID})\.(?:{'|'.join(EXTENSIONS.values())})")


def upload_key(user: UserId, document: DocumentId, content_type: str) -> str:
    return f"{UPLOADS}{user}/{document}.{EXTENSIONS[content_type]}"


def parse_upload_key(key: str) -> tuple[UserId, DocumentId] | None:
    """Whose upload lies there; None for a key that `upload_key` does not make."""
    match = _UPLOAD.fullmatch(key)
    return (UserId(match[1]), DocumentId(match[2])) if match else None


def upload_prefix(user: UserId, document: DocumentId) -> str:
    """What is uploaded for a document, whatever its extension."""
    return f"{UPLOADS}{user}/{document}."


def month_of(at: datetime) -> str:
    """The month a document was made in, such as `2026-11`: where it is archived."""
    return at.astimezone(UTC).strftime("%Y-%m")


def archive_key(run: Run, *, month: str) -> str:
    """Where the run's upload lies once its document is completed."""
    return f"{archive_prefix(run.document, month=month)}{run.key.rpartition('.')[2]}"


def archive_prefix(document: DocumentId, *, month: str) -> str:
    return f"{ARCHIVE}{month.replace('-', '/')}/{document}."


def run_copies(run: Run) -> tuple[str, ...]:
    """Below these lies all that a run and its upload keep of a document, the archive aside."""
    return (
        upload_prefix(run.user, run.document),
        work_prefix(run.document),
        preprocessed_prefix(run.document),
    )


def copies(user: UserId, document: DocumentId, *, month: str) -> tuple[str, ...]:
    """Below these lies all that is kept of a document, and nothing else."""
    return (
        upload_prefix(user, document),
        work_prefix(document),
        preprocessed_prefix(document),
        archive_prefix(document, month=month),
    )


def content_type_of(key: str) -> str:
    """What lies at an upload's key, by its extension."""
    extension = key.rpartition(".")[2]
    return next(kind for kind, known in EXTENSIONS.items() if known == extension)


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
