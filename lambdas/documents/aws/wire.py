"""Documents and timetables as JSON objects, for the API and for work files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from lambdas.documents.model.document import Document
from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.timetable import Block, Timetable


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def summary(document: Document) -> dict[str, Any]:
    """A document as it stands in a list."""
    return {
        "id": document.id,
        "name": document.name,
        "status": document.status.value,
        "reason": document.reason,
        "route": list(document.route),
        "confidence": document.confidence,
        "created_at": moment(document.created_at),
        "finished_at": moment(document.finished_at),
    }


def whole(document: Document) -> dict[str, Any]:
    table = document.timetable
    return {
        **summary(document),
        "steps": [asdict(each) for each in document.steps],
        "timetable": timetable_to_json(table) if table else None,
    }


def doubt_to_json(doubt: Doubt) -> dict[str, Any]:
    """What is known of it: a place that is not known is left out."""
    return {name: value for name, value in asdict(doubt).items() if value is not None}


def doubt_from_json(data: Mapping[str, Any]) -> Doubt:
    box = data.get("box")
    return Doubt(**{**data, "box": tuple(box) if box is not None else None})


def timetable_to_json(timetable: Timetable) -> dict[str, Any]:
    return {
        "title": timetable.title,
        "blocks": [
            {
                "day": block.day,
                "start": block.start,
                "end": block.end,
                "title": block.title,
                "notes": block.notes,
            }
            for block in timetable.blocks
        ],
    }


def timetable_from_json(data: Mapping[str, Any]) -> Timetable:
    return Timetable(title=data["title"], blocks=tuple(Block(**block) for block in data["blocks"]))
