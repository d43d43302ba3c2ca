"""Nobody decided in time, or could be asked: the review ends, unless somebody was faster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.workflow import State, step
from lambdas.documents.model.outcome import Run
from lambdas.documents.use_cases.ask import close_review
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    reviews_table: str


settings = load(Settings)
reviews = DynamoReviews(settings.reviews_table)


@step
def handler(state: State, run: Run) -> dict[str, Any]:
    decision = close_review(run, now=datetime.now(UTC), closings=reviews)
    return {"decision": {"by": decision.by}} if decision else {}
