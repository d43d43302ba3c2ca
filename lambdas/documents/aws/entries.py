"""Events as EventBridge takes them, and as they come back from it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lambdas.documents.aws.wire import moment
from lambdas.documents.model.event import SOURCE, Event, EventType
from lambdas.documents.model.identity import DocumentId, UserId

_ENVELOPE = ("id", "at", "document", "user", "version")


def detail(event: Event) -> dict[str, Any]:
    """What the schemas in `events/` describe. A fact that is not known (None) is left out."""
    known = {name: value for name, value in event.facts.items() if value is not None}
    return {
        "id": str(event.id),
        "at": moment(event.at),
        "document": event.document,
        "user": event.user,
        "version": event.version,
        **known,
    }


def entry(event: Event, bus: str) -> dict[str, Any]:
    """An entry of PutEvents. `Detail` is an object, as Step Functions wants it: who calls
    EventBridge's own API writes it as JSON."""
    return {
        "Source": SOURCE,
        "DetailType": event.type.value,
        "Detail": detail(event),
        "EventBusName": bus,
    }


def event_of(notice: Mapping[str, Any]) -> Event:
    """The event a rule delivered. KeyError and ValueError where it is none of ours."""
    said = notice["detail"]
    return Event(
        type=EventType(notice["detail-type"]),
        id=uuid.UUID(said["id"]),
        at=datetime.fromisoformat(said["at"]),
        document=DocumentId(said["document"]),
        user=UserId(said["user"]),
        version=said["version"],
        facts={name: value for name, value in said.items() if name not in _ENVELOPE},
    )
