"""Reviews as JSON objects for reviewers. A token has no place in any of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lambdas.documents.aws.wire import doubt_to_json, moment, timetable_to_json
from lambdas.documents.model.identity import UserId
from lambdas.documents.model.review import Decision, Review, Waiting
from lambdas.documents.ports.uploads import ViewLink


def waiting_to_json(review: Waiting | Review, *, reviewer: UserId, now: datetime) -> dict[str, Any]:
    """A review as it stands in the list. A claim that ran out is none."""
    until = review.claimed_until
    held = until if until is not None and now < until else None
    return {
        "id": review.document,
        "requested_at": moment(review.requested_at),
        "until": moment(review.until),
        "confidence": review.confidence,
        "escalated_at": moment(review.escalated_at),
        "claimed_until": moment(held),
        "claimed_by_me": held is not None and review.claimed_by == reviewer,
    }


def review_to_json(
    review: Review,
    *,
    scan: ViewLink,
    pages: Mapping[int, ViewLink],
    reviewer: UserId,
    now: datetime,
) -> dict[str, Any]:
    """All a reviewer needs: what is believed, what is doubted, and where the scan is.

    `pages`: those that were straightened, by their numbers.
    """
    table = review.proposal
    return {
        **waiting_to_json(review, reviewer=reviewer, now=now),
        "status": review.status.value,
        "proposal": timetable_to_json(table) if table else None,
        "doubts": [doubt_to_json(doubt) for doubt in review.doubts],
        "scan": _link(scan),
        "pages": [{"page": page, **_link(link)} for page, link in sorted(pages.items())],
        "decision": decision_to_json(review.decision) if review.decision else None,
    }


def _link(link: ViewLink) -> dict[str, Any]:
    return {"url": link.url, "expires_at": moment(link.expires_at)}


def decision_to_json(decision: Decision) -> dict[str, Any]:
    table = decision.timetable
    return {
        "status": decision.status.value,
        "decided_at": moment(decision.at),
        "decided_by": decision.by,
        "timetable": timetable_to_json(table) if table else None,
        "reason": decision.reason,
    }
