"""Step one: what is it that came? From the bytes alone."""

from __future__ import annotations

import hashlib

from lambdas.documents.model.errors import DocumentGoneError
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects
from lambdas.documents.reading.classify import classify as kind_of
from lambdas.documents.reading.kinds import Kind


def classify(run: Run, *, limit: int, objects: Objects) -> tuple[Kind, str]:
    """The kind, and the digest that tells these bytes from all others (SHA-256, hexadecimal).

    Raises UnreadableError, with words for a teacher, for what is nothing we read.
    """
    data = objects.read(run.key, limit=limit)
    if data is None:
        raise DocumentGoneError(f"the upload of document {run.document} was deleted")
    return kind_of(data), hashlib.sha256(data).hexdigest()
