"""What a model answers, and the tool it is made to answer with.

An answer is data from outside: its shape, its sizes and every value are checked before anything is
done with it, and what breaks a rule is no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.documents.model.timetable import DAYS, Block, InvalidTimetableError

TOOL = "record_timetable"
MOST_BLOCKS = 200
"""A week of seven days with 28 lessons each; more is no timetable."""
LONGEST_TEXT = 200
"""Characters of a title or of notes."""
_FIELDS = ("day", "start", "end", "title", "notes")


class GarbledAnswerError(Exception):
    """What the model sent is no timetable. Its message names the rule, never the text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The lessons as the model says them; not yet believed."""

    blocks: tuple[Block, ...]


def tool() -> dict[str, Any]:
    """The one tool the model may use, and must: the timetable's own schema."""
    clock = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
    text = {"type": "string", "maxLength": LONGEST_TEXT}
    block = {
        "type": "object",
        "properties": {
            "day": {"type": "string", "enum": list(DAYS)},
            "start": {**clock, "description": "24-hour clock, as printed on the page."},
            "end": {**clock, "description": "24-hour clock, as printed on the page."},
            "title": {
                **text,
                "minLength": 1,
                "description": "The lesson, letter for letter as printed.",
            },
            "notes": {
                **text,
                "description": "All other words of the lesson's cell, in their order; or empty.",
            },
        },
        "required": list(_FIELDS),
        "additionalProperties": False,
    }
    return {
        "name": TOOL,
        "description": "Records every lesson, break and other entry of the timetable shown.",
        "input_schema": {
            "type": "object",
            "properties": {"blocks": {"type": "array", "items": block, "maxItems": MOST_BLOCKS}},
            "required": ["blocks"],
            "additionalProperties": False,
        },
    }


def parsed(given: object) -> Answer:
    """The tool's input as an answer. Raises GarbledAnswerError: the schema is asked for, and is
    not a promise."""
    if not isinstance(given, Mapping) or set(given) != {"blocks"}:
        raise GarbledAnswerError("the answer is not an object with `blocks` alone")
    blocks = given["blocks"]
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= MOST_BLOCKS:
        raise GarbledAnswerError(f"`blocks` is not a list of 1 to {MOST_BLOCKS}")
    return Answer(tuple(_block(each, number) for number, each in enumerate(blocks)))


def _block(given: object, number: int) -> Block:
    if not isinstance(given, Mapping) or set(given) != set(_FIELDS):
        raise GarbledAnswerError(f"block {number} has not exactly {', '.join(_FIELDS)}")
    for name in _FIELDS:
        value = given[name]
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise GarbledAnswerError(
                f"{name} of block {number} is no text of up to {LONGEST_TEXT} characters"
            )
    try:
        return Block(**{name: given[name] for name in _FIELDS})
    except InvalidTimetableError:
        raise GarbledAnswerError(f"block {number} breaks a rule of timetables") from None
