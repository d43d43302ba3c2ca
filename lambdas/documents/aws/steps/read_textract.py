"""Step three of the workflow, outside: what stands on the pages, read by Amazon Textract."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.readings import ReadingFiles
from lambdas.documents.aws.adapters.sheets import SheetFiles
from lambdas.documents.aws.adapters.textract import TextractWords
from lambdas.documents.aws.reading import read_step
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.outcome import Run
from lambdas.documents.reading.words_elsewhere import read_elsewhere
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    documents_bucket: str
    upload_limit_mib: int


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)
sheets = SheetFiles(objects)
readings = ReadingFiles(objects)
read_pictures = partial(read_elsewhere, words=TextractWords())


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
    )
