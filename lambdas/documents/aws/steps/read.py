"""Step three of the workflow: what stands on the pages, read by Tesseract in this function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lambdas.documents.aws.adapters.known import KnownSettings, open_known
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.readings import ReadingFiles
from lambdas.documents.aws.adapters.sheets import SheetFiles
from lambdas.documents.aws.reading import read_step
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.outcome import Run
from lambdas.documents.reading.picture_pages import read_pictures
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings(KnownSettings):
    documents_bucket: str
    upload_limit_mib: int


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)
sheets = SheetFiles(objects)
readings = ReadingFiles(objects)
known = open_known(settings)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    return read_step(
        state,
        run,
        limit=settings.upload_limit_mib * 2**20,
        objects=objects,
        sheets=sheets,
        readings=readings,
        read_pictures=read_pictures,
        known=known,
    )
