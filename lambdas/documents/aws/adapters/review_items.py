"""A review as an item of DynamoDB.

Moments are text of one length, in UTC, so that they sort and compare as text. Attributes whose
value is None are left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.aws.wire import (
    doubt_from_json,
    doubt_to_json,
    timetable_from_json,
    timetable_to_json,
)
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.review import Decision, Review, ReviewStatus, Waiting
from lambdas.documents.model.timetable import Timetable

Item = Mapping[str, Mapping[str, Any]]
"""Attribute -> its value under the name of its type."""

LARGEST_TIMETABLE = 128 * 1024
"""Bytes of JSON. An item has 400 KiB at most, and holds a proposal and a decision."""

ATTRIBUTES = (
    *("run", "version", "month", "requested_at", "until", "confidence", "proposal", "doubts"),
    *("claimed_by", "claimed_until", "escalated_at"),
    *("status", "decided_at", "decided_by", "timetable", "reason"),
    *("queue", "token", "expires"),
)
"""All an item may have, beside its key."""


def text_of(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def request(review: Review) -> dict[str, dict[str, Any]]:
    """What is known when a person is asked for. A proposal beyond all bounds is left out: the
    scan and the doubts are there."""
    proposal = _json(review.proposal)
    if proposal is not None and len(proposal.encode()) > LARGEST_TIMETABLE:
        proposal = None
    return _present(
        {
            "run": json.dumps(asdict(review.run)),
            "version": review.run.version,
            "month": review.month,
            "requested_at": text_of(review.requested_at),
            "until": text_of(review.until),
            "confidence": review.confidence,
            "proposal": proposal,
            "doubts": json.dumps(
                [doubt_to_json(doubt) for doubt in review.doubts], ensure_ascii=False
            ),
        }
    )


def ending(decision: Decision) -> dict[str, dict[str, Any]]:
    """What a decision adds."""
    return _present(
        {
            "status": decision.status.value,
            "decided_at": text_of(decision.at),
            "decided_by": decision.by,
            "timetable": _json(decision.timetable),
            "reason": decision.reason,
        }
    )


def review_of(item: Item) -> Review:
    said = _plain(item)
    return Review(
        run=_run(said),
        requested_at=moment_of(said["requested_at"]),
        until=moment_of(said["until"]),
        status=ReviewStatus(said["status"]),
        confidence=said.get("confidence"),
        proposal=_timetable(said.get("proposal")),
        doubts=tuple(doubt_from_json(each) for each in json.loads(said.get("doubts", "[]"))),
        claimed_by=said.get("claimed_by"),
        claimed_until=_moment(said.get("claimed_until")),
        escalated_at=_moment(said.get("escalated_at")),
        decision=decision_of(item),
        month=said.get("month"),
    )


def decision_of(item: Item) -> Decision | None:
    said = _plain(item)
    if said["status"] == ReviewStatus.OPEN.value:
        return None
    return Decision(
        status=ReviewStatus(said["status"]),
        at=moment_of(said["decided_at"]),
        by=said.get("decided_by"),
        timetable=_timetable(said.get("timetable")),
        reason=said.get("reason"),
        asked_at=_moment(said.get("requested_at")),
    )


def waiting_of(item: Item) -> Waiting:
    """Of what the index holds."""
    said = _plain(item)
    return Waiting(
        document=DocumentId(said["document"]),
        requested_at=moment_of(said["requested_at"]),
        until=moment_of(said["until"]),
        confidence=said.get("confidence"),
        claimed_by=said.get("claimed_by"),
        claimed_until=_moment(said.get("claimed_until")),
        escalated_at=_moment(said.get("escalated_at")),
    )


def version_of(item: Item) -> str:
    """Which upload it is about; empty for the mark of a deleted document that had no review."""
    return str(_plain(item).get("version", ""))


def status_of(item: Item) -> ReviewStatus:
    return ReviewStatus(_plain(item)["status"])


def _run(said: Mapping[str, Any]) -> Run:
    held = json.loads(said["run"])
    return Run(**{**held, "document": DocumentId(held["document"]), "user": UserId(held["user"])})


def _plain(item: Item) -> dict[str, Any]:
    return {name: float(value["N"]) if "N" in value else value["S"] for name, value in item.items()}


def _present(values: Mapping[str, str | float | None]) -> dict[str, dict[str, Any]]:
    return {
        name: {"S": value} if isinstance(value, str) else {"N": repr(value)}
        for name, value in values.items()
        if value is not None
    }


def _json(timetable: Timetable | None) -> str | None:
    if timetable is None:
        return None
    return json.dumps(timetable_to_json(timetable), ensure_ascii=False)


def _timetable(text: str | None) -> Timetable | None:
    return timetable_from_json(json.loads(text)) if text else None


def _moment(text: str | None) -> datetime | None:
    return moment_of(text) if text else None
