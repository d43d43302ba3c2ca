"""Step one of the workflow: what kind of document came, or why it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.errors import ObjectTooLargeError
from lambdas.documents.model.outcome import Run
from lambdas.documents.reading.kinds import UnreadableError
from lambdas.documents.use_cases.classify import classify
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    documents_bucket: str
    upload_limit_mib: int


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    limit = settings.upload_limit_mib
    try:
        return {"kind": classify(run, limit=limit * 2**20, objects=objects).value}
    except UnreadableError as error:
        return {"refused": error.reason}
    except ObjectTooLargeError:
        return {"refused": f"The file is larger than {limit} MiB."}
