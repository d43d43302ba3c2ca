"""Called every few minutes: tells runs what they missed, says again what nobody takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.documents.aws.adapters.bus import EventBridgeBus
from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.adapters.waiting_runs import StepFunctionsWaitingRuns
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.review import Review
from lambdas.documents.use_cases.watch import watch
from lambdas.shared.logging import Context, Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    reviews_table: str
    event_bus_name: str
    escalate_after_hours: int


settings = load(Settings)
reviews = DynamoReviews(settings.reviews_table)
runs = StepFunctionsWaitingRuns()
bus = EventBridgeBus(settings.event_bus_name)


def handler(call: Mapping[str, Any], context: Context) -> dict[str, Any]:
    log, now = Log(context), datetime.now(UTC)

    def escalate(review: Review) -> None:
        bus.say(
            event(
                review.run,
                EventType.HITL_REQUESTED,
                at=now,
                nth=1,
                confidence=review.confidence,
                doubts=len(review.doubts),
                escalation=1,
            )
        )
        log.warning("nobody takes a review", document=review.document)

    seen = watch(
        now=now,
        escalate_after=timedelta(hours=settings.escalate_after_hours),
        reviews=reviews,
        runs=runs,
        escalate=escalate,
    )
    for message, count in (
        ("runs told of their decision", seen.answered),
        ("reviews without a run closed", seen.closed),
    ):
        if count:
            log.warning(message, count=count)
    return {"answered": seen.answered, "closed": seen.closed, "escalated": seen.escalated}
