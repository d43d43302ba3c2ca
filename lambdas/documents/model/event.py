"""What happened to a document, as others are told: ids, numbers and names of ours, never text.

Each type's facts are held against its schema in `events/` by a contract test. The id derives from
what the event is about, so the same fact has the same id however often it is said: whoever keeps
ids for a while acts once.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run

SOURCE = "pilaster.documents"
"""Who our events are from."""

Fact = str | int | float | bool | list[str] | None

_NAMESPACE = uuid.UUID("5f0a4c1e-6c0b-5f0e-9b1e-2d9f7a3c8e11")
_TOKEN = re.compile(r"[A-Za-z0-9._:-]{1,128}")
"""What text in an event may be: an id or a name of ours. A word of a document has no way in."""


class EventType(StrEnum):
    DOCUMENT_UPLOADED = "document.uploaded"
    DOCUMENT_CLASSIFIED = "document.classified"
    DOCUMENT_PREPROCESSED = "document.preprocessed"
    OCR_COMPLETED = "ocr.completed"
    OCR_LOW_CONFIDENCE = "ocr.low_confidence"
    LLM_COMPLETED = "llm.completed"
    VALIDATION_COMPLETED = "validation.completed"
    HITL_REQUESTED = "hitl.requested"
    HITL_COMPLETED = "hitl.completed"
    JOB_COMPLETED = "job.completed"
    JOB_FAILED = "job.failed"
    DOCUMENT_DELETED = "document.deleted"


FACTS: Mapping[EventType, frozenset[str]] = MappingProxyType(
    {
        EventType.DOCUMENT_UPLOADED: frozenset({"size"}),
        EventType.DOCUMENT_CLASSIFIED: frozenset({"kind", "refused", "cached"}),
        EventType.DOCUMENT_PREPROCESSED: frozenset({"pages", "changed"}),
        EventType.OCR_COMPLETED: frozenset({"route", "confidence", "pages", "words", "cached"}),
        EventType.OCR_LOW_CONFIDENCE: frozenset(
            {"route", "confidence", "pages", "words", "cached"}
        ),
        EventType.LLM_COMPLETED: frozenset(
            {"accepted", "model", "input_tokens", "output_tokens", "micro_dollars", "cached"}
        ),
        EventType.VALIDATION_COMPLETED: frozenset({"verdict", "confidence", "blocks", "doubts"}),
        EventType.HITL_REQUESTED: frozenset({"confidence", "doubts", "escalation"}),
        EventType.HITL_COMPLETED: frozenset({"decision", "reviewer", "seconds"}),
        EventType.JOB_COMPLETED: frozenset({"status", "route", "confidence", "seconds", "pages"}),
        EventType.JOB_FAILED: frozenset({"status", "route", "error", "seconds"}),
        EventType.DOCUMENT_DELETED: frozenset({"month"}),
    }
)
"""What each type may say beside its envelope."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. Made by `event`, which checks it."""

    type: EventType
    id: uuid.UUID
    """The same for the same fact, however often it is said."""
    at: datetime
    """When it happened, with its zone."""
    document: DocumentId
    user: UserId
    version: str
    """Which upload of the document; `ALL_VERSIONS` where it is about the document itself."""
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])


ALL_VERSIONS = "all"
"""The version of an event about a document, whatever was uploaded for it."""


class UnspeakableEventError(ValueError):
    """An event that would say what its type does not, or carry text."""


def event(run: Run, type: EventType, *, at: datetime, nth: int = 0, **facts: Fact) -> Event:
    """An event about a run. `nth` tells one from the next of its type (a second escalation).

    Raises UnspeakableEventError for a fact its type does not have and for text that is no id.
    """
    return about(run.document, run.user, run.version, type, at=at, nth=nth, **facts)


def about(
    document: DocumentId,
    user: UserId,
    version: str,
    type: EventType,
    *,
    at: datetime,
    nth: int = 0,
    **facts: Fact,
) -> Event:
    """`event`, where there is no run: of a document that is deleted there may never have been one.

    Raises UnspeakableEventError as `event` does.
    """
    if at.tzinfo is None:
        raise UnspeakableEventError(f"{type.value} happened at {at!r}: give the time with its zone")
    if unknown := set(facts) - FACTS[type]:
        raise UnspeakableEventError(
            f"{type.value} does not say {sorted(unknown)}: use {sorted(FACTS[type])}, or add it to "
            f"FACTS and to events/{type.value}.json"
        )
    for name, value in facts.items():
        texts = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        if not all(_TOKEN.fullmatch(text) for text in texts):
            # Not the value: it may be somebody's text, and this message may reach a log.
            raise UnspeakableEventError(f"{name} of {type.value} is no id or name: leave it out")
    return Event(
        type=type,
        id=uuid.uuid5(_NAMESPACE, f"{type.value}|{document}|{version}|{nth}"),
        at=at,
        document=document,
        user=user,
        version=version,
        facts=dict(facts),
    )
