"""A person is asked. Called with the state and the token its run waits for; the answer to that is
the decision, so what this answers is read by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.documents.aws.adapters.judgements import JudgementFiles
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.adapters.waiting_runs import StepFunctionsWaitingRuns
from lambdas.documents.aws.workflow import step
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.review import Token
from lambdas.documents.use_cases.ask import request_review
from lambdas.shared.logging import Context
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    documents_bucket: str
    reviews_table: str
    review_seconds: int


settings = load(Settings)
judgements = JudgementFiles(S3Objects(settings.documents_bucket))
reviews = DynamoReviews(settings.reviews_table)
runs = StepFunctionsWaitingRuns()


def handler(call: Mapping[str, Any], context: Context) -> dict[str, Any]:
    token = Token(call["token"])

    @step
    def ask(state: Mapping[str, Any], run: Run) -> dict[str, Any]:
        review = request_review(
            run,
            token,
            month=state.get("month"),
            now=datetime.now(UTC),
            wait=timedelta(seconds=settings.review_seconds),
            judgements=judgements,
            requests=reviews,
            runs=runs,
        )
        return {"status": review.status.value}

    return {"status": ask(call["state"], context)["status"]}
