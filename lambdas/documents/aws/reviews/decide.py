"""POST /api/v1/reviews/{id}: approve, correct or refuse; the waiting run goes on from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.adapters.waiting_runs import StepFunctionsWaitingRuns
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.documents.aws.reviews.wire import decision_to_json
from lambdas.documents.model.correction import accept
from lambdas.documents.model.errors import ReviewNotFoundError
from lambdas.documents.model.identity import as_document_id
from lambdas.documents.use_cases.review import decide
from lambdas.shared.settings import load

LARGEST_BODY = 128 * 1024
"""Bytes. A week of three hundred blocks with notes fits; it is stored beside the proposal."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    reviews_table: str


settings = load(Settings)
reviews = DynamoReviews(settings.reviews_table)
runs = StepFunctionsWaitingRuns()


@endpoint
def handler(request: Request) -> Response:
    reviewer, document = request.reviewer, as_document_id(request.parameter("id"))
    if document is None:
        raise ReviewNotFoundError
    body = request.json(limit=LARGEST_BODY)
    decision = decide(
        document,
        accept(body.get("decision"), body.get("timetable"), body.get("reason")),
        reviewer=reviewer,
        now=datetime.now(UTC),
        desk=reviews,
        answers=reviews,
        runs=runs,
    )
    request.log.info(
        "review decided", document=document, user=reviewer, status=decision.status.value
    )
    return Response(200, {"id": document, **decision_to_json(decision)})
