"""Prepared pages in the object store: a PNG for each page that needed something, and their list."""

from __future__ import annotations

from lambdas.documents.model.keys import sheet_key, sheets_key
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects
from lambdas.documents.preprocessing.pictures import Picture
from lambdas.documents.preprocessing.sheets import Sheets, picture_of, png_of

LIST_LIMIT = 2**20
PICTURE_LIMIT = 32 * 2**20
"""A page has 6.8 million pixels at most, of three bytes each, packed or not."""


class SheetFiles:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def keep_picture(self, run: Run, number: int, picture: Picture) -> str:
        key = sheet_key(run, number)
        self._objects.write(key, png_of(picture), kind="image/png")
        return key

    def keep(self, run: Run, sheets: Sheets) -> str:
        key = sheets_key(run)
        self._objects.write(key, sheets.to_json().encode())
        return key

    def get(self, run: Run) -> Sheets | None:
        data = self._objects.read(sheets_key(run), limit=LIST_LIMIT)
        return Sheets.from_json(data.decode()) if data is not None else None

    def picture(self, key: str) -> Picture | None:
        data = self._objects.read(key, limit=PICTURE_LIMIT)
        return picture_of(data) if data is not None else None
