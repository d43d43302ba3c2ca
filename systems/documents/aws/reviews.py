"""Human review: where it is kept, who may decide, and what looks after it.

A token that resumes a run is in the reviews' table and nowhere else; the functions that can read it
are those that answer runs, and the one that shows a review, which asks for no token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pilaster.aws import Bucket, Bus, Pipeline, Schedule, ScheduleArgs, Table, TableArgs, TableIndex
from pilaster.aws.api import Throttle
from pilaster.aws.function import FunctionArgs
from pilaster.aws.iam import Grant
from pulumi import Input

from systems.documents.aws import functions as fn
from systems.settings import Review

GROUP = "reviewers"
"""Who is in it may see and decide; the handlers ask for it by this name."""
WATCH_MINUTES = 5
"""A decision whose run was not told of it waits for so long at the most."""
SHOWN = ("until", "confidence", "claimed_by", "claimed_until", "escalated_at")
"""What the list may show: neither tokens nor what a document says."""

THROTTLES: Mapping[str, Throttle] = {
    "GET /api/v1/reviews": Throttle(rate=20, burst=40),
    "GET /api/v1/reviews/{id}": Throttle(rate=20, burst=40),
    "POST /api/v1/reviews/{id}/claim": Throttle(rate=10, burst=20),
    "POST /api/v1/reviews/{id}": Throttle(rate=10, burst=20),
}
"""Reviewers are few, and each looks at one scan at a time."""


@dataclass(frozen=True, kw_only=True)
class Reviews:
    """What the rest of the page needs of it."""

    steps: Mapping[str, FunctionArgs]
    """The workflow's functions, by the names the flow calls them."""
    routes: Mapping[str, FunctionArgs]
    """What reviewers call."""
    throttles: Mapping[str, Throttle]
    """And how often."""
    table: Input[str]
    """Where `save` finds the decision."""
    read_decisions: Grant
    """Reading it."""
    seconds: int
    """How long a person may take."""


def reviews_table(name: str, base: fn.Base, *, protect: bool) -> Table:
    """One item per document that waits for a person (adapters/reviews.py)."""
    return Table(
        f"{name}-reviews",
        TableArgs(
            place=base.place,
            partition_key="document",
            expires_at="expires",
            indexes=[
                TableIndex(
                    partition_key="queue", sort_key="requested_at", whole_items=False, shows=SHOWN
                )
            ],
            protect=protect,
        ),
    )


def reviews_part(
    base: fn.Base,
    settings: Review,
    *,
    name: str,
    table: Table,
    files: Bucket,
    bus: Bus,
    pipeline: str,
) -> Reviews:
    """`name`: the system's; `pipeline`: the logical name of the one whose runs wait."""
    seconds = settings.timeout_days * 24 * 3600
    answer = Pipeline.answer_tasks(pipeline)
    change = [table.get_items(), table.update_items()]
    Schedule(
        f"{name}-review-watch",
        ScheduleArgs(
            place=base.place,
            every_minutes=WATCH_MINUTES,
            function=watch_reviews(
                base,
                table=table.name,
                bus=bus.name,
                escalate_after_hours=settings.escalate_after_hours,
                grants=[table.query_indexes(), *change, answer, bus.publish()],
            ),
        ),
    )
    return Reviews(
        steps={
            "request-review": request_review(
                base,
                table=table.name,
                bucket=files.name,
                review_seconds=seconds,
                grants=[files.read_objects("work/"), files.list_objects(), *change, answer],
            ),
            "close-review": close_review(base, table=table.name, grants=change),
        },
        routes={
            "GET /api/v1/reviews": list_reviews(
                base, table=table.name, grants=[table.query_indexes()]
            ),
            "GET /api/v1/reviews/{id}": show_review(
                base,
                table=table.name,
                bucket=files.name,
                grants=[
                    table.get_items(),
                    files.read_objects("uploads/"),
                    files.read_objects("archive/"),
                    files.read_objects("preprocessed/"),
                    files.list_objects(),
                ],
            ),
            "POST /api/v1/reviews/{id}/claim": claim_review(
                base, table=table.name, claim_minutes=settings.claim_minutes, grants=change
            ),
            "POST /api/v1/reviews/{id}": decide_review(
                base, table=table.name, grants=[*change, answer]
            ),
        },
        throttles=THROTTLES,
        table=table.name,
        read_decisions=table.get_items(),
        seconds=seconds,
    )


def request_review(
    base: fn.Base,
    *,
    table: Input[str],
    bucket: Input[str],
    review_seconds: int,
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Asks for a person. Grants: read work/, list the bucket, the table, answering runs (that of a
    request which is repeated after the decision)."""
    return fn.function(
        base,
        "steps.request_review",
        dependencies="edge",
        environment={
            "REVIEWS_TABLE": table,
            "DOCUMENTS_BUCKET": bucket,
            "REVIEW_SECONDS": str(review_seconds),
        },
        grants=grants,
        memory_mib=512,
        timeout_seconds=30,
    )


def close_review(base: fn.Base, *, table: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """Stops waiting. Grants: the table."""
    return fn.function(
        base,
        "steps.close_review",
        dependencies="edge",
        environment={"REVIEWS_TABLE": table},
        grants=grants,
        memory_mib=512,
        timeout_seconds=30,
    )


def list_reviews(base: fn.Base, *, table: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """GET /api/v1/reviews. Grants: the table's index, and not its items."""
    return _route(base, "reviews.list", {"REVIEWS_TABLE": table}, grants)


def show_review(
    base: fn.Base, *, table: Input[str], bucket: Input[str], grants: Sequence[Grant]
) -> FunctionArgs:
    """GET /api/v1/reviews/{id}. Grants: read items; uploads/, archive/ and preprocessed/, in whose
    name it signs; list the bucket (or what is gone looks forbidden)."""
    return _route(
        base, "reviews.show", {"REVIEWS_TABLE": table, "DOCUMENTS_BUCKET": bucket}, grants
    )


def claim_review(
    base: fn.Base, *, table: Input[str], claim_minutes: int, grants: Sequence[Grant]
) -> FunctionArgs:
    """POST /api/v1/reviews/{id}/claim. Grants: the table."""
    return _route(
        base,
        "reviews.claim",
        {"REVIEWS_TABLE": table, "CLAIM_MINUTES": str(claim_minutes)},
        grants,
    )


def decide_review(base: fn.Base, *, table: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """POST /api/v1/reviews/{id}. Grants: the table, answering runs."""
    return _route(base, "reviews.decide", {"REVIEWS_TABLE": table}, grants)


def watch_reviews(
    base: fn.Base,
    *,
    table: Input[str],
    bus: Input[str],
    escalate_after_hours: int,
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Called by the clock. Grants: the table and its index, answering runs, the bus."""
    return fn.function(
        base,
        "reviews.watch",
        dependencies="edge",
        environment={
            "REVIEWS_TABLE": table,
            "EVENT_BUS_NAME": bus,
            "ESCALATE_AFTER_HOURS": str(escalate_after_hours),
        },
        grants=grants,
        memory_mib=512,
        timeout_seconds=120,
    )


def _route(
    base: fn.Base, entry: str, environment: dict[str, Input[str]], grants: Sequence[Grant]
) -> FunctionArgs:
    return fn.at_the_edge(
        base,
        entry,
        dependencies="edge",
        environment=environment,
        grants=grants,
        memory_mib=512,
        # API Gateway gives up after 30 seconds.
        timeout_seconds=28,
    )
