"""A document's pages for the model, from the object store."""

from __future__ import annotations

import json
from typing import Any

from lambdas.documents.extracting import pictures
from lambdas.documents.model.errors import DocumentGoneError
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects
from lambdas.documents.reading.kinds import Kind

LIST_LIMIT = 2**20
PAGE_LIMIT = 64 * 2**20
"""Bytes of a prepared page: a PNG of 2400 x 2400 noisy pixels has 17 MB."""


class StoredPictures:
    def __init__(self, objects: Objects, *, limit: int) -> None:
        self._objects = objects
        self._limit = limit

    def of(self, run: Run, *, kind: str, prepared: str | None) -> list[tuple[str, str]]:
        """The prepared page where there is one: the boxes of the words are places on that."""
        sheets: list[Any] = []
        if prepared is not None:
            sheets = json.loads(self._read(prepared, LIST_LIMIT, run))["pages"]
        sheets = sheets[: pictures.MOST_PAGES]
        if not sheets or any(sheet["key"] is None for sheet in sheets):
            upload = self._read(run.key, self._limit, run)
            originals = list(pictures.pages_of(upload, Kind(kind)))
        else:
            originals = []
        if not sheets:
            return [(pictures.MEDIA_TYPE, page) for page in originals]
        return [
            (
                pictures.MEDIA_TYPE,
                pictures.page_of(self._read(sheet["key"], PAGE_LIMIT, run))
                if sheet["key"] is not None
                else originals[sheet["number"] - 1],
            )
            for sheet in sheets
        ]

    def _read(self, key: str, limit: int, run: Run) -> bytes:
        data = self._objects.read(key, limit=limit)
        if data is None:
            raise DocumentGoneError(f"a file of document {run.document} was deleted")
        return data
