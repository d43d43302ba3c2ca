"""Step two: what stands on the pages?"""

from __future__ import annotations

from lambdas.documents.model.errors import DocumentGoneError
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects
from lambdas.documents.ports.readings import Readings
from lambdas.documents.reading.kinds import Kind
from lambdas.documents.reading.page import Reading
from lambdas.documents.reading.read import read as reading_of


def read(
    run: Run, kind: Kind, *, limit: int, objects: Objects, readings: Readings
) -> tuple[Reading, str]:
    """The reading, and where it was put. Raises UnreadableError where the pages show nothing."""
    data = objects.read(run.key, limit=limit)
    if data is None:
        raise DocumentGoneError(f"the upload of document {run.document} was deleted")
    reading = reading_of(data, kind)
    return reading, readings.keep(run, reading)
