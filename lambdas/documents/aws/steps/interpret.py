"""Step four of the workflow: whether it is a timetable, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lambdas.documents.aws.adapters.judgements import JudgementFiles
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.readings import ReadingFiles
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.judgement import Verdict
from lambdas.documents.model.outcome import Run
from lambdas.documents.use_cases.interpret import interpret
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    documents_bucket: str
    complete_at: float
    model_at: float


settings = load(Settings)
objects = S3Objects(settings.documents_bucket)
readings = ReadingFiles(objects)
judgements = JudgementFiles(objects)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    if "refused" in state:  # by `read`: there is nothing to interpret
        return {"verdict": Verdict.REFUSED.value}
    judgement, key = interpret(
        run,
        complete_at=settings.complete_at,
        model_at=settings.model_at,
        readings=readings,
        judgements=judgements,
    )
    return {
        "timetable": key,
        "verdict": judgement.verdict.value,
        "confidence": judgement.confidence,
    }
