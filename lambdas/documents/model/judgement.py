"""What is made of a reading: completed, left to a model or a person, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lambdas.documents.model.doubt import Doubt
from lambdas.documents.model.timetable import Timetable

NOT_A_TIMETABLE = "This does not look like a school timetable: no grid of days and times was found."

_SHOWN_DOUBTS = 3
_KEPT_DOUBTS = 50
"""What is handed on to a model or a person, however much of a page is in doubt."""


class Verdict(StrEnum):
    COMPLETE = "complete"
    MODEL = "model"
    PERSON = "person"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    verdict: Verdict
    confidence: float | None = None
    reason: str | None = None
    """Why it does not complete. May quote the document, so it never travels in a state."""
    timetable: Timetable | None = None
    """What is believed; only with COMPLETE."""
    proposal: Timetable | None = None
    """The best that is known, for whoever looks next; only with MODEL and PERSON."""
    doubts: tuple[Doubt, ...] = ()
    """What whoever looks next should look at; quotes the document."""


def judge(
    timetable: Timetable | None,
    *,
    is_timetable: bool,
    confidence: float,
    doubts: Sequence[Doubt],
    complete_at: float,
    model_at: float,
) -> Judgement:
    """Completes only what is whole and sure; what is a timetable and is not that, waits."""
    if not is_timetable:
        return Judgement(verdict=Verdict.REFUSED, reason=NOT_A_TIMETABLE)
    whole = timetable is not None and bool(timetable.blocks)
    if whole and confidence >= complete_at:
        return Judgement(verdict=Verdict.COMPLETE, confidence=confidence, timetable=timetable)
    sure_enough = whole and confidence >= model_at
    return Judgement(
        verdict=Verdict.MODEL if sure_enough else Verdict.PERSON,
        confidence=confidence,
        reason=_reason(confidence, doubts),
        proposal=timetable if whole else None,
        doubts=tuple(doubts[:_KEPT_DOUBTS]),
    )


def _reason(confidence: float, doubts: Sequence[Doubt]) -> str:
    shown = [doubt.why.rstrip(".") for doubt in doubts[:_SHOWN_DOUBTS]]
    if more := len(doubts) - len(shown):
        shown.append(f"and {more} more")
    said = "; ".join(shown) or "no complete timetable was found"
    return f"Not sure enough to complete ({confidence:g} %): {said}."
