"""The workflow asks for a person, and stops waiting when none came."""

from __future__ import annotations

from datetime import datetime, timedelta

from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.errors import DocumentGoneError, OtherUploadError
from lambdas.documents.model.judgement import Judgement
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.review import Decision, Review, ReviewStatus, Token
from lambdas.documents.ports.judgements import Judgements
from lambdas.documents.ports.reviews import Closings, Requests, Runs

NOTHING_LEFT = "What was read of the document is not there any more: only the scan is."


def request_review(
    run: Run,
    token: Token,
    *,
    month: str | None = None,
    now: datetime,
    wait: timedelta,
    judgements: Judgements,
    requests: Requests,
    runs: Runs,
) -> Review:
    """Opens the review. Called again, where the workflow retries, it is given the new token, or,
    decided in the meantime, answers that one at once. `month`: when the document was made."""
    judgement = judgements.get(run)
    review = Review(
        run=run,
        requested_at=now,
        until=now + wait,
        month=month,
        confidence=judgement.confidence if judgement else None,
        proposal=judgement.proposal if judgement else None,
        doubts=_doubts(judgement),
    )
    standing = requests.open(review, token)
    if standing is None:
        raise OtherUploadError(f"document {run.document} waits for a person with another upload")
    if standing.status is ReviewStatus.WITHDRAWN:
        raise DocumentGoneError(f"document {run.document} was deleted")
    if standing.decision is not None:
        runs.resume(token, by=standing.decision.by)
    return standing


def close_review(run: Run, *, now: datetime, closings: Closings) -> Decision | None:
    """The decision that stands: of a reviewer who was faster, or that nobody came."""
    return closings.close(run, now=now)


def _doubts(judgement: Judgement | None) -> tuple[Doubt, ...]:
    if judgement is None:
        return (Doubt(rule="work-lost", why=NOTHING_LEFT),)
    if judgement.doubts or judgement.reason is None:
        return judgement.doubts
    return (Doubt(rule="not-sure", why=judgement.reason),)
