"""What a reviewer says, found acceptable: every fault is told at once, with the field it is in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, cast

from lambdas.documents.model.errors import Fault, InvalidInputError
from lambdas.documents.model.identity import UserId
from lambdas.documents.model.review import ENDS_AS, Choice, Decision, Review
from lambdas.documents.model.timetable import Block, InvalidTimetableError, Timetable

MAX_BLOCKS, MAX_TITLE, MAX_NOTES, MAX_REASON = 300, 200, 500, 500
"""Characters, but for the blocks: a week of seven days with forty lessons each has 280."""
MOST_FAULTS = 20
"""Told at once; whoever sent more of them has other troubles."""

_FIELDS = ("day", "start", "end", "title", "notes")


@dataclass(frozen=True, kw_only=True)
class Answer:
    choice: Choice
    timetable: Timetable | None = None
    """With CORRECT."""
    reason: str | None = None
    """With REFUSE, for the document's owner."""

    def decision_on(self, review: Review, *, by: UserId, at: datetime) -> Decision:
        """What it decides. Raises InvalidInputError where there is nothing to approve."""
        timetable = review.proposal if self.choice is Choice.APPROVE else self.timetable
        if self.choice is Choice.APPROVE and timetable is None:
            raise InvalidInputError(
                [Fault("decision", "there is no proposal to approve: correct it, or refuse it")]
            )
        return Decision(
            status=ENDS_AS[self.choice], at=at, by=by, timetable=timetable, reason=self.reason
        )


def accept(decision: object, timetable: object, reason: object) -> Answer:
    """The answer, or its faults. What does not go with the decision is a fault too: somebody who
    sends a timetable along with `approve` believes that it counts."""
    if not isinstance(decision, str) or decision not in {choice.value for choice in Choice}:
        allowed = ", ".join(choice.value for choice in Choice)
        raise InvalidInputError([Fault("decision", f"must be one of {allowed}")])
    choice = Choice(decision)
    faults: list[Fault] = []
    table = _timetable(timetable, faults) if choice is Choice.CORRECT else None
    said = _text("reason", reason, MAX_REASON, faults) if choice is Choice.REFUSE else None
    for field, value, wanted_by in (
        ("timetable", timetable, Choice.CORRECT),
        ("reason", reason, Choice.REFUSE),
    ):
        if value is not None and choice is not wanted_by:
            faults.append(Fault(field, f"goes with {wanted_by.value!r} only: leave it out"))
    if faults:
        raise InvalidInputError(faults[:MOST_FAULTS])
    return Answer(choice=choice, timetable=table, reason=said)


def _timetable(value: object, faults: list[Fault]) -> Timetable | None:
    given = _object("timetable", value, ("title", "blocks"), faults)
    if given is None:
        return None
    title = _text("timetable.title", given.get("title", ""), MAX_TITLE, faults, empty=True)
    listed = given.get("blocks")
    if not isinstance(listed, list) or not listed:
        faults.append(Fault("timetable.blocks", "must be a list with at least one block"))
        return None
    entries = cast(list[object], listed)
    if len(entries) > MAX_BLOCKS:
        faults.append(Fault("timetable.blocks", f"must have at most {MAX_BLOCKS} blocks"))
        return None
    blocks = [_block(f"timetable.blocks[{n}]", entry, faults) for n, entry in enumerate(entries)]
    whole = [(n, block) for n, block in enumerate(blocks) if block is not None]
    for (n, one), (m, other) in combinations(whole, 2):
        if one.overlaps(other):
            faults.append(
                Fault(f"timetable.blocks[{m}]", f"overlaps blocks[{n}] on {one.day}: change one")
            )
    if faults:
        return None
    return Timetable(title=title, blocks=tuple(block for _, block in whole))


def _block(field: str, value: object, faults: list[Fault]) -> Block | None:
    given = _object(field, value, _FIELDS, faults)
    if given is None:
        return None
    before = len(faults)
    for name in ("day", "start", "end"):
        if not isinstance(given.get(name), str):
            faults.append(Fault(f"{field}.{name}", "must be text"))
    title = _text(f"{field}.title", given.get("title"), MAX_TITLE, faults)
    notes = _text(
        f"{field}.notes", given.get("notes", ""), MAX_NOTES, faults, empty=True, lines=True
    )
    if len(faults) > before:
        return None
    try:
        return Block(
            day=given["day"], start=given["start"], end=given["end"], title=title, notes=notes
        )
    except InvalidTimetableError as error:
        faults.append(Fault(f"{field}.{_at_fault(given)}", str(error)))
        return None


def _at_fault(given: Mapping[str, Any]) -> str:
    """The first field a block cannot be made with."""
    fine = {"day": "monday", "start": "00:00", "end": "23:59", "title": "-"}
    for name in ("day", "start", "end"):
        try:
            Block(**{**fine, name: given[name]})
        except InvalidTimetableError:
            return name
    return "end"


def _object(
    field: str, value: object, known: tuple[str, ...], faults: list[Fault]
) -> Mapping[str, Any] | None:
    if not isinstance(value, Mapping):
        faults.append(Fault(field, "must be an object"))
        return None
    given = cast(Mapping[str, Any], value)
    if strange := sorted(set(given) - set(known)):
        named = strange[0][:40] if strange[0].isprintable() else "a field"
        faults.append(Fault(field, f"has {named!r}, which is none of {', '.join(known)}"))
        return None
    return given


def _text(
    field: str,
    value: object,
    longest: int,
    faults: list[Fault],
    *,
    empty: bool = False,
    lines: bool = False,
) -> str:
    """Text that can be stored and shown as it is: in one line, or in several."""
    if not isinstance(value, str):
        faults.append(Fault(field, "must be text"))
        return ""
    if len(value) > longest:
        faults.append(Fault(field, f"must have at most {longest} characters"))
        return ""
    text = unicodedata.normalize("NFC", value.strip())
    if not text and not empty:
        faults.append(Fault(field, "must not be empty"))
    if any(
        unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") and not (lines and each == "\n")
        for each in text
    ):
        faults.append(Fault(field, "must not contain control characters"))
        return ""
    return text
