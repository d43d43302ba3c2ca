"""Readings from one step to the next, as JSON in the object store."""

from __future__ import annotations

from lambdas.documents.model.keys import reading_key
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects
from lambdas.documents.reading.page import Reading

LIMIT = 16 * 2**20


class ReadingFiles:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def keep(self, run: Run, reading: Reading) -> str:
        key = reading_key(run)
        self._objects.write(key, reading.to_json().encode())
        return key

    def get(self, run: Run) -> Reading | None:
        data = self._objects.read(reading_key(run), limit=LIMIT)
        return Reading.from_json(data.decode()) if data is not None else None
